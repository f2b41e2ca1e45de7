import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The `cli` commands: an SQLite database is its file. Answers the exit code. */
export function runDatabaseCommand(command, databaseUrl) {
  try {
    commands[command](databaseFile(databaseUrl));
    return 0;
  } catch (error) {
    reportError(error.code ?? 'P1000', error.message);
    return 1;
  }
}

/** `file:<path>`, with the path relative to the working directory. */
function databaseFile(databaseUrl) {
  if (!databaseUrl?.startsWith('file:')) throw new Error(`Not an SQLite database: ${databaseUrl}`);
  return path.resolve(databaseUrl.slice('file:'.length));
}

const commands = {
  'can-connect-to-database'(file) {
    if (fs.existsSync(file)) return;
    throw Object.assign(new Error(`Database ${path.basename(file)} does not exist`), { code: 'P1003' });
  },
  'create-database'(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.closeSync(fs.openSync(file, 'a'));
  },
  'drop-database'(file) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
  },
};

/** Prisma drops the first line of stderr and reads a log record from the second. */
function reportError(errorCode, message) {
  const record = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    fields: { message, error_code: errorCode },
    target: 'schema_engine::logger',
  };
  process.stderr.write(`schema-engine\n${JSON.stringify(record)}\n`);
}
