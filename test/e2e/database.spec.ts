import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

import { readConfig } from '../../apps/server/src/config/server-config';
import { applyMigrations } from '../../apps/server/src/database/migrations';
import { Database } from '../../apps/server/src/database/database';
import { unwrap } from '#libs/base/result';

const MIGRATIONS = resolve(__dirname, '../../prisma/migrations');

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetlearn-database-'));
  url = `file:${join(folder, 'test.db')}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): DatabaseSync => new DatabaseSync(url.slice('file:'.length));

describe('migrations', () => {
  it('are applied once, and noted as Prisma notes them', () => {
    applyMigrations(url);
    applyMigrations(url);
    const database = open();
    const rows = database
      .prepare('SELECT migration_name AS name, applied_steps_count AS steps FROM _prisma_migrations')
      .all();
    const names = readdirSync(MIGRATIONS).filter((name) => /^\d/.test(name));
    expect(rows.map(({ name, steps }) => [name, steps])).toEqual(names.sort().map((name) => [name, 1]));
    database.close();
  });

  it('upgrade a database of the first server with a model in it', async () => {
    const [first = ''] = readdirSync(MIGRATIONS)
      .filter((name) => /^\d/.test(name))
      .sort();
    const old = join(folder, 'migrations');
    await cp(join(MIGRATIONS, first), join(old, first), { recursive: true });
    applyMigrations(url, old);
    const before = open();
    before.exec(
      `INSERT INTO Model (id, name, inputBytes, classes, parameters, macs, createdAt) VALUES ('m-1', 'old', 96, 3, 10, 20, 0)`,
    );
    before.close();
    applyMigrations(url);
    const after = open();
    expect(after.prepare('SELECT name, classes, labels FROM Model').all()).toEqual([
      { name: 'old', classes: 3, labels: null },
    ]);
    after.close();
  });

  it('keep versions of before published', () => {
    const names = readdirSync(MIGRATIONS)
      .filter((name) => /^\d/.test(name))
      .sort();
    const added = names.findIndex((name) => name.endsWith('added_measures_and_publishing'));
    const old = join(folder, 'migrations');
    for (const name of names.slice(0, added))
      cpSync(join(MIGRATIONS, name), join(old, name), { recursive: true });
    applyMigrations(url, old);
    const before = open();
    before.exec(`
      INSERT INTO Model (id, name, inputBytes, parameters, macs, objective, createdAt) VALUES ('m-1', 'old', 96, 10, 20, 'regress', 0);
      INSERT INTO ModelVersion (id, modelId, number, fileDigest, createdAt) VALUES ('v-1', 'm-1', 1, '${'0'.repeat(64)}', 7);`);
    before.close();
    applyMigrations(url);
    const after = open();
    expect(after.prepare('SELECT publishedAt, judgedOn FROM ModelVersion').all()).toEqual([
      { publishedAt: 7, judgedOn: null },
    ]);
    expect(after.prepare('SELECT outputScale, factsVersion FROM Model').all()).toEqual([
      { outputScale: 1, factsVersion: 0 },
    ]);
    after.close();
  });

  it('of a newer server are refused', () => {
    applyMigrations(url);
    const database = open();
    database.exec(`UPDATE _prisma_migrations SET migration_name = '29990101000000_came_from_the_future'`);
    database.close();
    expect(() => applyMigrations(url)).toThrow('newer version');
  });

  it('keep every CHECK constraint, which Prisma does not know', () => {
    applyMigrations(url);
    const database = open();
    const rows = database.prepare(`SELECT sql FROM sqlite_master WHERE type = 'table'`).all();
    const kept = rows.flatMap(({ sql }) => String(sql).match(/CHECK \(/g) ?? []).length;
    const folders = readdirSync(MIGRATIONS)
      .filter((name) => /^\d/.test(name))
      .sort();
    const first = readFileSync(join(MIGRATIONS, folders[0] ?? '', 'migration.sql'), 'utf8');
    expect(kept).toBeGreaterThanOrEqual(first.match(/CHECK \(/g)?.length ?? 0);
    database.close();
  });
});

describe('constraints', () => {
  it.each([
    ['a token that was used too often', `UPDATE EnrolmentToken SET used = 3`],
    ['a device that is ready without a build', `UPDATE Device SET state = 'ready'`],
    ['a device that is refused without a reason', `UPDATE Device SET state = 'refused'`],
    ['a state that there is not', `UPDATE Device SET state = 'happy'`],
    ['a device of no fleet', `UPDATE Device SET fleetId = 'f-none'`],
    ['a token that devices came with, deleted', `DELETE FROM EnrolmentToken`],
  ])('refuse %s', (_, statement) => {
    applyMigrations(url);
    const database = open();
    const digest = '0'.repeat(64);
    database.exec(`
      INSERT INTO Fleet (id, name, createdAt) VALUES ('f-1', 'one', 0);
      INSERT INTO EnrolmentToken (id, fleetId, secretHash, quota, expiresAt, createdAt) VALUES ('t-1', 'f-1', '${digest}', 2, 0, 0);
      INSERT INTO Device (id, fleetId, tokenId, uid, nonce, secretHash, board, core, sramBytes, flashBytes, state, enrolledAt)
      VALUES ('d-1', 'f-1', 't-1', '0000000000000001', '0000000000000001', '${digest}', 'b', 'c', 1, 1, 'enrolled', 0);`);
    expect(() => database.exec(statement)).toThrow('constraint failed');
    database.close();
  });
});

describe('Database', () => {
  async function connected(): Promise<Database> {
    const database = new Database({ ...unwrap(readConfig({})), databaseUrl: url });
    await database.onModuleInit();
    return database;
  }

  it('keeps a transaction that fails out, and what others write meanwhile in', async () => {
    const database = await connected();
    const fleet = (id: string) => ({ id, name: id, createdAt: new Date(0) });
    const failing = database.inTransaction(async (transaction) => {
      await transaction.fleet.create({ data: fleet('f-lost') });
      expect(await database.reader.fleet.count()).toBe(0);
      throw new Error('changed its mind');
    });
    const kept = database.inTransaction((transaction) => transaction.fleet.create({ data: fleet('f-kept') }));
    await expect(failing).rejects.toThrow('changed its mind');
    await kept;
    expect((await database.reader.fleet.findMany()).map(({ id }) => id)).toEqual(['f-kept']);
    await database.onApplicationShutdown();
  });

  it('does not write through the connection for reading', async () => {
    const database = await connected();
    const write = database.reader.$queryRawUnsafe(`DELETE FROM "Fleet" RETURNING id`);
    await expect(write).rejects.toThrow(/readonly|read-only/);
    await database.onApplicationShutdown();
  });
});
