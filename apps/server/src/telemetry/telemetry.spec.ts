import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';

import { FakeClock } from '#libs/base/clock';
import { unwrap } from '#libs/base/result';
import { executionId, type Progress } from '#libs/fleet/protocol';

import { readConfig } from '../config/server-config';
import { Database } from '../database/database';
import { TelemetryRepository } from './telemetry.repository';
import { TelemetryService } from './telemetry.service';

const DAY_MS = 86_400_000;

Logger.overrideLogger(false);

let folder: string;
let database: Database;
let clock: FakeClock;
let service: TelemetryService;
let repository: TelemetryRepository;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetlearn-telemetry-'));
  const config = {
    ...unwrap(readConfig({})),
    databaseUrl: `file:${join(folder, 'telemetry.db')}`,
    telemetryRetentionDays: 2,
  };
  database = new Database(config);
  await database.onModuleInit();
  clock = new FakeClock(10 * DAY_MS);
  repository = new TelemetryRepository(database);
  service = new TelemetryService(database, repository, config, clock);
});
afterEach(async () => {
  await service.beforeApplicationShutdown();
  await database.onApplicationShutdown();
  await rm(folder, { recursive: true, force: true });
});

const frame = (done: number): Progress => ({
  execution: executionId(1),
  attempt: 1,
  phase: 'training',
  pass: 0,
  done,
  total: 2_000,
  loss: 0xffff_ffff,
  right: 0,
  peakSramBytes: 1,
  peakStackBytes: 1,
});

const kept = (skip = 0) => repository.page({ deviceId: 'd-1', skip, take: 500 });

describe('telemetry', () => {
  it('keeps every frame in order, in full range, with its time', async () => {
    for (let done = 0; done < 1_200; done++) service.add('d-1', frame(done));
    await service.beforeApplicationShutdown();
    const { items, total } = await kept(700);
    expect(total).toBe(1_200);
    expect(items.map(({ done }) => done)).toEqual(Array.from({ length: 500 }, (_, i) => 700 + i));
    expect(items[0]).toMatchObject({ loss: 0xffff_ffff, at: new Date(10 * DAY_MS) });
  });

  it('forgets what is older than the retention', async () => {
    service.add('d-1', frame(1));
    await service.beforeApplicationShutdown();
    clock.advance(2 * DAY_MS + 1);
    service.add('d-1', frame(2));
    await service.beforeApplicationShutdown();
    service.onApplicationBootstrap();
    await service.beforeApplicationShutdown();
    expect((await kept()).items.map(({ done }) => done)).toEqual([2]);
  });
});
