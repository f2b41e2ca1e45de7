import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';

import { FakeClock } from '#libs/base/clock';
import { unwrap } from '#libs/base/result';

import { readConfig } from '../config/server-config';
import { Database } from '../database/database';
import { JOB_NAMES, type JobHandler } from './job';
import { JobQueue } from './job-queue';
import { JobsRepository } from './jobs.repository';

type Handler = JobHandler<'prepareDevice'>;

Logger.overrideLogger(false);

let folder: string;
let database: Database;
let clock: FakeClock;
let queue: JobQueue;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetlearn-jobs-'));
  const config = {
    ...unwrap(readConfig({})),
    databaseUrl: `file:${join(folder, 'jobs.db')}`,
    buildConcurrency: 2,
  };
  database = new Database(config);
  await database.onModuleInit();
  clock = new FakeClock(1_000_000);
  queue = new JobQueue(database, new JobsRepository(), config, clock);
});
afterEach(async () => {
  await queue.beforeApplicationShutdown();
  await database.onApplicationShutdown();
  await rm(folder, { recursive: true, force: true });
});

/** Registers `run` for devices, and nothing for the others, and starts the queue. */
async function startWith(handler: Partial<Handler>): Promise<void> {
  const idle = { run: () => Promise.resolve(), giveUp: () => Promise.resolve() };
  for (const name of JOB_NAMES)
    queue.register(name, name === 'prepareDevice' ? { ...idle, ...handler } : idle);
  await queue.onApplicationBootstrap();
}

const add = (deviceId: string): Promise<void> =>
  database.inTransaction((transaction) =>
    queue.add(transaction, { name: 'prepareDevice', key: deviceId, payload: { deviceId } }),
  );

const rows = () => database.reader.job.findMany({ orderBy: { key: 'asc' } });

async function settled(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    queue.wake();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('JobQueue', () => {
  it('does each job once, and a job that waits twice only once', async () => {
    const done: string[] = [];
    await add('a');
    await add('a');
    await add('b');
    await startWith({ run: async ({ deviceId }) => void done.push(deviceId) });
    await settled(async () => (await rows()).length === 0);
    expect(done.sort()).toEqual(['a', 'b']);
  });

  it('never does two jobs about the same thing together', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    let release: (() => void) | undefined;
    await startWith({
      run: async () => {
        most = Math.max(most, ++running);
        if (++runs === 1) await new Promise<void>((resolve) => (release = resolve));
        running--;
      },
    });
    await add('a');
    await settled(() => Promise.resolve(release !== undefined));
    await add('a');
    queue.wake();
    expect((await rows()).map(({ state }) => state).sort()).toEqual(['queued', 'running']);
    release?.();
    await settled(async () => (await rows()).length === 0);
    expect([runs, most]).toEqual([2, 1]);
  });

  it('tries again after a while, and gives up at last', async () => {
    const attempts: number[] = [];
    const given: string[] = [];
    await startWith({
      run: () => {
        attempts.push(clock.now());
        return Promise.reject(new Error('disk full'));
      },
      giveUp: async (_, error) => void given.push(error.message),
    });
    await add('a');
    await settled(async () => {
      clock.advance(500);
      return (await rows())[0]?.state === 'failed';
    });
    expect(attempts.length).toBe(4);
    expect(given).toEqual(['disk full']);
    const waits = attempts.slice(1).map((at, i) => at - (attempts[i] ?? 0));
    expect(waits.map((wait, i) => wait >= 2_000 * 4 ** i)).toEqual([true, true, true]);
    expect((await rows())[0]).toMatchObject({ attempts: 4, lastError: 'disk full' });
  });

  it('does again what a process that died was doing', async () => {
    await add('a');
    await database.inTransaction((transaction) =>
      transaction.job.updateMany({ data: { state: 'running', waiting: null } }),
    );
    const done: string[] = [];
    await startWith({ run: async ({ deviceId }) => void done.push(deviceId) });
    await settled(async () => (await rows()).length === 0);
    expect(done).toEqual(['a']);
  });

  it('does not start while a kind of job has nobody to do it', async () => {
    await expect(queue.onApplicationBootstrap()).rejects.toThrow('no handler for the jobs prepareDevice');
  });
});
