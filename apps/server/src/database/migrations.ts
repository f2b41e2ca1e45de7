import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { repositoryRoot } from '../config/repository-root';

const MIGRATIONS_FOLDER = join(repositoryRoot, 'prisma', 'migrations');

/** Prisma's own table of what was applied, so that `prisma migrate` and this function agree on it. */
const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Brings a database up to this version of the server, as `prisma migrate deploy` would, in milliseconds. */
export function applyMigrations(databaseUrl: string, folder = MIGRATIONS_FOLDER): void {
  const file = databaseUrl.replace(/^file:/, '');
  mkdirSync(dirname(file), { recursive: true });
  // Prisma redefines a table by copying, dropping and renaming it: with foreign keys on, the drop would cascade.
  const database = new DatabaseSync(file, { timeout: 5_000, enableForeignKeyConstraints: false });
  try {
    database.exec(MIGRATIONS_TABLE);
    const known = migrationsIn(folder);
    const applied = appliedNames(database);
    refuseUnknown(applied, known);
    for (const migration of known) if (!applied.has(migration.name)) apply(database, migration);
  } finally {
    database.close();
  }
}

const migrationsIn = (folder: string): Migration[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(join(folder, name, 'migration.sql'), 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

function appliedNames(database: DatabaseSync): ReadonlySet<string> {
  const rows = database
    .prepare('SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL')
    .all();
  return new Set(rows.map(({ name }) => String(name)));
}

function refuseUnknown(applied: ReadonlySet<string>, known: readonly Migration[]): void {
  const names = new Set(known.map(({ name }) => name));
  const strangers = [...applied].filter((name) => !names.has(name));
  if (strangers.length === 0) return;
  throw new Error(
    `the database is of a newer version of the server: it has the migrations ${strangers.join(', ')}`,
  );
}

function apply(database: DatabaseSync, { name, sql }: Migration): void {
  const checksum = createHash('sha256').update(sql).digest('hex');
  const now = Date.now();
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(sql);
    checkForeignKeys(database);
    database
      .prepare(
        'INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)',
      )
      .run(randomUUID(), checksum, now, name, now);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw new Error(`migration ${name} failed`, { cause: error });
  }
}

function checkForeignKeys(database: DatabaseSync): void {
  const orphans = database.prepare('PRAGMA foreign_key_check').all();
  if (orphans.length > 0) throw new Error(`${orphans.length} rows refer to rows that are gone`);
}
