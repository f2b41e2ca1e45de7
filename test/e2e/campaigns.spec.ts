import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { unwrap } from '#libs/base/result';
import { type CampaignEvent, type CampaignState, draftCampaign, step } from '#libs/fleet/campaign';
import type { DeltaLayout } from '#libs/fleet/delta';
import { Status, type TrainJob } from '#libs/fleet/protocol';
import { deltaLayoutOf } from '#test/support/delta-layout';
import { eventually } from '#test/support/eventually';
import { aBoard, ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';
import { anEvaluation, aSession } from '#test/support/session';
import { connectAll, smallFleet, type SmallFleet, someBoards } from '#test/support/small-fleet';
import { smallDataset, smallModelFile } from '#test/support/small-model';

jest.setTimeout(180_000);

interface Execution {
  readonly id: number;
  readonly deviceId: string;
  readonly state: string;
  readonly phase: string | null;
}

interface Round {
  readonly number: number;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly baseVersionId: string;
  readonly result: { readonly id: string; readonly fileDigest: string } | null;
  readonly executions: readonly Execution[];
}

interface Campaign {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly roundDetails: readonly Round[];
}

let server: TestServer;
let layout: DeltaLayout;
const devices: ScriptedDevice[] = [];

beforeAll(async () => {
  layout = await deltaLayoutOf(smallModelFile(), aBoard());
});
beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.end()));
  await server.end();
});

async function connected(fleet: SmallFleet): Promise<ScriptedDevice[]> {
  devices.push(...(await connectAll(server, fleet)));
  return [...devices];
}

async function started(fleet: SmallFleet, changes: object = {}): Promise<Campaign> {
  const settings = { rounds: 1, passes: 2, learningRate: 0.01, seed: 7, quorum: 1, roundDeadlineSeconds: 60 };
  const campaign = { fleetId: fleet.id, name: 'first', ...settings, ...changes };
  const { id } = await server.api.post<Campaign>('/campaigns', campaign);
  return server.api.post<Campaign>(`/campaigns/${id}/start`);
}

const find = ({ id }: Campaign): Promise<Campaign> => server.api.get<Campaign>(`/campaigns/${id}`);

const reaches = (campaign: Campaign, what: string, isSo: (now: Campaign) => boolean): Promise<Campaign> =>
  eventually(
    what,
    async () => {
      const now = await find(campaign);
      return isSo(now) && now;
    },
    60_000,
  );

const isState = (campaign: Campaign, state: string): Promise<Campaign> =>
  reaches(campaign, `campaign is ${state}`, (now) => now.state === state);

/** A delta as it was kept. */
function deltaOf({ config }: TestServer, executionId = 0): { readonly encodedBytes: number } {
  const database = new DatabaseSync(config.databaseUrl.slice('file:'.length), { readOnly: true });
  const row = database.prepare('SELECT encodedBytes FROM Delta WHERE executionId = ?').get(executionId);
  database.close();
  return { encodedBytes: Number(row?.['encodedBytes']) };
}

/** One device's part in a training round, from the job to the last acknowledgement. */
async function train(device: ScriptedDevice, change = 1): Promise<number> {
  const job = await device.helloUntil('train');
  const { result, encoded } = aSession(job, layout, change);
  const ack = await device.result(result);
  expect(ack).toMatchObject({ status: Status.ok, haveBytes: 0 });
  return (await device.upload(job, encoded)).status;
}

async function evaluate(device: ScriptedDevice): Promise<number> {
  return (await device.result(anEvaluation(await device.helloUntil('evaluate')))).status;
}

describe('a campaign', () => {
  it('trains in rounds, makes a version of each, and ends with an evaluation on every device', async () => {
    const fleet = await smallFleet(server);
    await server.api.post(`/models/${fleet.modelId}/evaluation-set`, smallDataset());
    const all = await connected(fleet);
    const campaign = await started(fleet, { rounds: 2, quorum: 2 });
    expect(campaign.state).toBe('running');
    for (const _ of [1, 2]) expect(await Promise.all(all.map((device) => train(device)))).toEqual([1, 1]);
    expect(await Promise.all(all.map(evaluate))).toEqual([1, 1]);

    const done = await isState(campaign, 'completed');
    expect(done.roundDetails.map(({ kind, state }) => [kind, state])).toEqual([
      ['train', 'committed'],
      ['train', 'committed'],
      ['evaluate', 'committed'],
    ]);
    const [first, second, last] = done.roundDetails;
    expect(second?.baseVersionId).toBe(first?.result?.id);
    expect(last?.baseVersionId).toBe(second?.result?.id);
    expect(second?.result?.fileDigest).not.toBe(first?.result?.fileDigest);

    const { encodedBytes } = deltaOf(server, first?.executions[0]?.id);
    const report = await server.api.get<object[]>(`/campaigns/${campaign.id}/report`);
    expect(report.length).toBe(2);
    expect(report[0]).toMatchObject({
      accuracyBefore: 0.25,
      accuracyPersonalised: 0.75,
      accuracyFinalGlobal: 0.6,
      rounds: [
        { round: 1, before: 0.25, after: 0.75 },
        { round: 2, before: 0.25, after: 0.75 },
      ],
      measuredPeakBytes: 12_000,
      bytesDown: 13_000,
      bytesUp: 4_300 + 2 * encodedBytes,
      state: 'evaluated',
    });
    await eventually('all versions are evaluated', async () => {
      const { versions } = await server.api.get<{ versions: { accuracy: number | null }[] }>(
        `/models/${fleet.modelId}`,
      );
      return versions.length === 3 && versions.every(({ accuracy }) => accuracy !== null);
    });
  });

  it('tells its devices how to learn, and keeps how their sessions ended', async () => {
    const fleet = await smallFleet(server, someBoards(1));
    const [device] = await connected(fleet);
    const rules = {
      schedule: 'cosine',
      itemOrder: 'balanced',
      stopBelowLoss: 3_000,
      stopPatience: 2,
      stopLeastFall: 655,
    };
    const campaign = await started(fleet, { rounds: 2, passes: 4, ...rules });
    expect(await find(campaign)).toMatchObject(rules);
    const job = await device!.helloUntil('train');
    expect(job).toMatchObject({
      order: 'balanced',
      stop: { belowLoss: 3_000, patience: 2, leastFall: 655 },
    });
    const { result, encoded } = aSession(job, layout);
    const saturated = { weights: 3, headWeights: 2, biases: 1 };
    await device!.result({ ...result, end: 'noProgress', saturated });
    await device!.upload(job, encoded);
    const now = await find(campaign);
    expect(now.roundDetails[0]?.executions[0]).toMatchObject({
      sessionEnd: 'noProgress',
      saturatedWeights: 3,
      saturatedHeadWeights: 2,
      saturatedBiases: 1,
    });
    // A hundred items were assumed in the first round; now the device has told that it has ten.
    const firstSteps = (told: TrainJob) => told.learningRates.map(({ firstStep }) => firstStep);
    expect(firstSteps(job)).toEqual([0, 10, 20, 30, 40, 85, 130, 175, 220, 265, 310, 355]);
    const next = await device!.helloUntil('train');
    expect(next.execution).not.toBe(job.execution);
    expect(firstSteps(next)).toEqual([0, 1, 2, 3, 4, 8, 13, 17, 22, 26, 31, 35]);
  });

  it('learns as devices always did where it is told no rules, and refuses unknown ones', async () => {
    const fleet = await smallFleet(server, someBoards(1));
    const [device] = await connected(fleet);
    const campaign = await started(fleet);
    const defaults = { schedule: 'constant', itemOrder: 'shuffled', stopBelowLoss: 0, stopPatience: 0 };
    expect(await find(campaign)).toMatchObject(defaults);
    const job = await device!.helloUntil('train');
    expect([job.order, job.stop]).toEqual([undefined, undefined]);
    for (const wrong of [{ schedule: 'sine' }, { itemOrder: 'sorted' }, { stopPatience: -1 }])
      await expect(started(fleet, wrong)).rejects.toThrow('request.invalid');
  });

  it('gives every device the parameter image of the round, chunk by chunk', async () => {
    const fleet = await smallFleet(server);
    const [device] = await connected(fleet);
    await started(fleet);
    const job = await device!.helloUntil('train');
    const image = await device!.download(job);
    expect(image).toEqual(await server.api.bytes(`/model-versions/${fleet.versionId}/parameters`));
    const { digests } = await device!.fetchDigests(job.artifact, 0, Math.ceil(image.length / 1_024));
    expect(digests.length).toBe(4 * Math.ceil(image.length / 1_024));
  });

  it('makes the same version whether or not the server was restarted in the middle of the round', async () => {
    const interrupted = async (isRestarted: boolean): Promise<string | undefined> => {
      const fleet = await smallFleet(server, someBoards(2));
      const campaign = await started(fleet, { quorum: 2 });
      const [first, second] = await connected(fleet);
      expect(await train(first!, 3)).toBe(Status.stored);
      const job = await second!.helloUntil('train');
      const { result, encoded } = aSession(job, layout, -2);
      await second!.result(result);
      const half = Math.min(20, encoded.length - 1);
      await second!.piece(job, 0, encoded.subarray(0, half));
      let device = second!;
      if (isRestarted) {
        await Promise.all(devices.splice(0).map((one) => one.end()));
        server = await server.restart();
        device = await ScriptedDevice.connect(server.mqttUrl, fleet.credentials[1]!);
        devices.push(device);
        expect(await device.hello({ layout: job.layout, scheme: job.scheme })).toEqual(job);
      }
      const { haveBytes } = await device.result(result);
      expect(haveBytes).toBe(half);
      expect((await device.upload(job, encoded, haveBytes)).status).toBe(Status.stored);
      const over = await reaches(campaign, 'a version', (now) => now.roundDetails[0]?.state === 'committed');
      return over.roundDetails[0]?.result?.fileDigest;
    };
    const straight = await interrupted(false);
    await Promise.all(devices.splice(0).map((device) => device.end()));
    await server.end();
    server = await startServer();
    expect(await interrupted(true)).toBe(straight);
  });

  it('closes a round at its deadline without the device that is silent, and refuses what comes later', async () => {
    const fleet = await smallFleet(server);
    const [busy, silent] = await connected(fleet);
    const campaign = await started(fleet, { roundDeadlineSeconds: 3 });
    const late = await silent!.helloUntil('train');
    await train(busy!);
    const closed = await reaches(
      campaign,
      'the round is over',
      (now) => now.roundDetails[0]?.state === 'committed',
    );
    expect(closed.roundDetails[0]?.executions.map(({ state }) => state).sort()).toEqual(['closed', 'stored']);
    const ack = await silent!.result(aSession(late, layout).result);
    expect(ack.status).toBe(Status.closed);
    expect((await isState(campaign, 'completedWithFailures')).state).toBe('completedWithFailures');
  });

  it('closes a round whose deadline passed while the server was down', async () => {
    const fleet = await smallFleet(server);
    const campaign = await started(fleet, { roundDeadlineSeconds: 2 });
    await server.close();
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    server = await server.restart();
    const over = await isState(campaign, 'failed');
    expect(over.reason).toContain('no round made a new model version');
    expect(over.roundDetails[0]).toMatchObject({ state: 'abandoned', reason: '0 deltas, the quorum is 1' });
  });

  it('abandons a round below its quorum and goes on with the next', async () => {
    const fleet = await smallFleet(server);
    const [one] = await connected(fleet);
    const campaign = await started(fleet, { rounds: 2, quorum: 2, roundDeadlineSeconds: 2 });
    await train(one!);
    const next = await reaches(campaign, 'a second round', (now) => now.roundDetails.length === 2);
    expect(next.roundDetails[0]).toMatchObject({ state: 'abandoned', reason: '1 deltas, the quorum is 2' });
    expect(next.roundDetails[1]?.baseVersionId).toBe(fleet.versionId);
  });

  it('is what its events make of it, replayed from the start', async () => {
    const fleet = await smallFleet(server);
    const [one] = await connected(fleet);
    const campaign = await started(fleet, { roundDeadlineSeconds: 2 });
    await train(one!);
    await evaluate(one!);
    await isState(campaign, 'completedWithFailures');
    const database = new DatabaseSync(server.config.databaseUrl.slice('file:'.length), { readOnly: true });
    const events = database.prepare('SELECT at, event FROM CampaignEvent ORDER BY sequence').all();
    const kept = database.prepare('SELECT machine, version FROM Campaign').get();
    database.close();
    const machine = JSON.parse(String(kept?.['machine'])) as CampaignState;
    const replayed = events.reduce(
      (state, { at, event }) =>
        unwrap(step(state, JSON.parse(String(event)) as CampaignEvent, Number(at))).state,
      draftCampaign(machine.plan),
    );
    expect(replayed).toEqual(machine);
    expect(kept?.['version']).toBe(events.length);
  });

  it('leaves nothing of an upload that never ended', async () => {
    const fleet = await smallFleet(server);
    const campaign = await started(fleet);
    const [device] = await connected(fleet);
    const job = await device!.helloUntil('train');
    const { result, encoded } = aSession(job, layout);
    await device!.result(result);
    await device!.piece(job, 0, encoded.subarray(0, 20));
    const spool = () => readdir(join(server.config.dataDir, 'spool'));
    expect(await spool()).toEqual([`${job.execution}.delta`]);
    await server.api.post(`/campaigns/${campaign.id}/abort`);
    server = await server.restart();
    expect(await eventually('an empty spool', async () => (await spool()).length === 0)).toBe(true);
  });

  it('stops when it is aborted: its devices have nothing more to do', async () => {
    const fleet = await smallFleet(server);
    const [device] = await connected(fleet);
    const campaign = await started(fleet);
    const job = await device!.helloUntil('train');
    await server.api.post(`/campaigns/${campaign.id}/abort`);
    expect((await find(campaign)).state).toBe('aborted');
    expect((await device!.result(aSession(job, layout).result)).status).toBe(Status.closed);
    expect(await device!.hello(job)).toMatchObject({ kind: 'wait' });
    expect((await server.api.refused('POST', `/campaigns/${campaign.id}/start`)).body['reason']).toBe(
      'campaign.not-draft',
    );
  });

  it('is one at a time in a fleet, and needs a model and its quorum of devices', async () => {
    const { id } = await server.api.post<{ id: string }>('/fleets', { name: 'empty' });
    const settings = {
      rounds: 1,
      passes: 1,
      learningRate: 0.01,
      seed: 1,
      quorum: 1,
      roundDeadlineSeconds: 60,
    };
    const empty = { fleetId: id, name: 'none', ...settings };
    expect((await server.api.refused('POST', '/campaigns', empty)).body.code).toBe('fleet.no-model');

    const fleet = await smallFleet(server);
    await started(fleet);
    const second = await server.api.post<Campaign>('/campaigns', { ...empty, fleetId: fleet.id });
    expect((await server.api.refused('POST', `/campaigns/${second.id}/start`)).body['reason']).toBe(
      'campaign.fleet-busy',
    );
    const path = `/fleets/${fleet.id}/model`;
    expect((await server.api.refused('PUT', path, { modelId: fleet.modelId })).body.code).toBe(
      'fleet.in-campaign',
    );
  });

  it('needs its quorum of devices at the start', async () => {
    const fleet = await smallFleet(server, someBoards(1));
    const settings = {
      rounds: 1,
      passes: 1,
      learningRate: 0.01,
      seed: 1,
      quorum: 2,
      roundDeadlineSeconds: 60,
    };
    const { id } = await server.api.post<Campaign>('/campaigns', {
      fleetId: fleet.id,
      name: 'few',
      ...settings,
    });
    expect((await server.api.refused('POST', `/campaigns/${id}/start`)).body['reason']).toBe(
      'campaign.no-devices',
    );
  });

  it('shows what a device is doing, and keeps its telemetry', async () => {
    const fleet = await smallFleet(server, someBoards(1));
    const [device] = await connected(fleet);
    const campaign = await started(fleet);
    const { execution, attempt } = await device!.helloUntil('train');
    const frame = {
      pass: 1,
      done: 5,
      total: 20,
      loss: 70_000,
      right: 3,
      peakSramBytes: 9_000,
      peakStackBytes: 500,
    };
    await device!.progress({ execution, attempt, phase: 'training', ...frame });
    await device!.progress({
      execution: (execution + 1) as typeof execution,
      attempt,
      phase: 'training',
      ...frame,
    });
    await reaches(campaign, 'a phase', (now) => now.roundDetails[0]?.executions[0]?.phase === 'training');
    const path = `/telemetry?executionId=${execution}`;
    const page = await eventually('telemetry', async () => {
      const found = await server.api.get<{ items: object[]; total: number }>(path);
      return found.total > 0 && found;
    });
    expect(page.items).toMatchObject([
      { deviceId: device!.address.device, executionId: execution, phase: 'training', ...frame },
    ]);
    expect(await server.api.get(`/telemetry`)).toMatchObject({ total: 1 });
  });
});
