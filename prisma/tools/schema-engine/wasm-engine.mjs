import fs from 'node:fs';
import process from 'node:process';

import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

import { MigratingSqlite } from './sqlite-adapter.mjs';

// The WebAssembly build hands the text of a Rust panic to this global before it stops.
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };

/** Prisma's schema engine for one SQLite database, as a function `(method, params) => result`. */
export async function createEngine(databaseUrl, schemaFiles) {
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm');
  const sqlite = new MigratingSqlite({ url: databaseUrl });
  const schemas = schemaFiles.map((file) => [file, fs.readFileSync(file, 'utf8')]);
  const options = schemas.length > 0 ? { datamodels: schemas } : {};
  const engine = await SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(sqlite));

  return async (method, params) => {
    if (method === 'reset') return sqlite.dropEverything();
    if (method === 'evaluateDataLoss') await knowSchemaOf(engine, params);
    try {
      return await engine[method](params);
    } catch (error) {
      if (!lacksMigrationsTable(error)) throw error;
      await sqlite.createMigrationsTable();
      return engine[method](params);
    }
  };
}

// P1014: "the underlying table does not exist".
const lacksMigrationsTable = (error) => error.code === 'P1014' && /_prisma_migrations/.test(error.message);

/**
 * The WebAssembly build reads what the migrations make from its shadow database in a diagnosis, and keeps it; to evaluate what a new one would lose
 * it does not open that database. Where migrations were just applied, no diagnosis with them has been made.
 */
const knowSchemaOf = (engine, { migrationsList, filters }) =>
  engine.devDiagnostic({ migrationsList, filters });
