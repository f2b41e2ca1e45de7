import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';

/**
 * The table in which the engine notes which migrations ran. The native engine creates it; the WebAssembly
 * build does not understand the driver's "no such table" and stops, so it must be there beforehand.
 */
const migrationsTable = `
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

const everyTableAndView = `
SELECT type, name FROM sqlite_master
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY type DESC`;

/** The server's SQLite driver, with what the schema engine asks beyond what the server does. */
export class MigratingSqlite extends PrismaBetterSqlite3 {
  async connect() {
    return acceptScripts(await super.connect());
  }

  async connectToShadowDb() {
    return acceptScripts(await super.connectToShadowDb());
  }

  async createMigrationsTable() {
    const connection = await this.connect();
    await connection.executeScript(migrationsTable);
    await connection.dispose();
  }

  /** Leaves an empty database. The WebAssembly build's own reset deletes rows but keeps the tables. */
  async dropEverything() {
    const connection = await this.connect();
    const { rows } = await connection.queryRaw({ sql: everyTableAndView, args: [], argTypes: [] });
    const drops = rows.map(([type, name]) => `DROP ${type} "${name.replaceAll('"', '""')}";`);
    await connection.executeScript(['PRAGMA foreign_keys = OFF;', ...drops].join('\n'));
    await connection.dispose();
  }
}

/** The engine runs a whole migration through executeRaw, but the driver prepares one statement only. */
function acceptScripts(connection) {
  const executeRaw = connection.executeRaw.bind(connection);
  connection.executeRaw = async (query) => {
    try {
      return await executeRaw(query);
    } catch (error) {
      if (!/more than one statement/.test(error.message)) throw error;
      await connection.executeScript(query.sql);
      return 0;
    }
  };
  return connection;
}
