import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-migrate-'));
  const isKept = (path: string): boolean => !path.endsWith('generated');
  cpSync(join(ROOT, 'prisma'), join(folder, 'prisma'), { recursive: true, filter: isKept });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As `npm run db:migrate -- …` runs it. */
function migrate(...words: string[]) {
  const prisma = ['node_modules/prisma/build/index.js', 'migrate', 'dev', ...words];
  const env = {
    ...process.env,
    DATABASE_URL: `file:${join(folder, 'migrations.db')}`,
    PRISMA_SCHEMA_ENGINE_BINARY: join(folder, 'prisma/tools/schema-engine.sh'),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const command = [...prisma, '--config', 'prisma/prisma.config.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

function changeSchema(from: RegExp, to: string): void {
  const file = join(folder, 'prisma/schema.prisma');
  const schema = readFileSync(file, 'utf8');
  expect(schema).toMatch(from);
  writeFileSync(file, schema.replace(from, to));
}

const migrations = (): readonly string[] => readdirSync(join(folder, 'prisma/migrations')).sort();

describe('the command that makes a migration', () => {
  it('writes what the schema has more than the migrations, and nothing where they agree', () => {
    const before = migrations();
    const inStep = migrate('--name', 'nothing');
    expect(inStep.output).toContain('in sync');
    expect([inStep.status, migrations()]).toEqual([0, before]);
    changeSchema(/evaluatedItems {2}Int\?/, '$&\n  added Int?');
    const { status } = migrate('--create-only', '--name', 'added_a_column');
    const made = migrations().find((name) => !before.includes(name));
    expect([status, made]).toEqual([0, expect.stringMatching(/_added_a_column$/)]);
    expect(readFileSync(join(folder, 'prisma/migrations', made!, 'migration.sql'), 'utf8')).toContain(
      'ALTER TABLE "ModelVersion" ADD COLUMN "added" INTEGER',
    );
  });

  it('says in what it writes what is lost', () => {
    const before = migrations();
    changeSchema(/evaluatedRight {2}Int\?/, '');
    expect(migrate('--create-only', '--name', 'dropped').status).toBe(0);
    const made = migrations().find((name) => !before.includes(name));
    const sql = readFileSync(join(folder, 'prisma/migrations', made!, 'migration.sql'), 'utf8');
    expect(sql).toContain('You are about to drop the column `evaluatedRight`');
  });
});
