/**
 * Stands in for Prisma's native schema engine, which Prisma would download from its own server.
 *
 * `prisma generate` and `prisma migrate …` start the engine as a program and talk JSON-RPC over its
 * standard input and output. This program speaks the same command line and the same JSON-RPC, and lets
 * Prisma's published WebAssembly build of the engine do the work, on the SQLite driver that the server
 * uses too. Node itself loads the .wasm file (an ES module import since Node 24.5).
 */
import process from 'node:process';

import { parseArguments } from './schema-engine/arguments.mjs';
import { runDatabaseCommand } from './schema-engine/database-file.mjs';
import { serve } from './schema-engine/json-rpc.mjs';
import { createEngine } from './schema-engine/wasm-engine.mjs';

const { command, databaseUrl, schemaFiles } = parseArguments(process.argv.slice(2));

if (command === 'version') process.stdout.write('schema-engine-wasm\n');
else if (command === 'serve') await serve(() => createEngine(databaseUrl, schemaFiles));
else process.exitCode = runDatabaseCommand(command, databaseUrl);
