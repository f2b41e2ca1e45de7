import type { DeltaLayout } from '#libs/fleet/delta';
import { Status } from '#libs/fleet/protocol';
import { deltaLayoutOf } from '#test/support/delta-layout';
import { eventually } from '#test/support/eventually';
import { fileOf, waves } from '#test/support/number-models';
import { aBoard, type ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';
import { anEvaluation, aSession } from '#test/support/session';
import { connectAll, smallFleet, type SmallFleet, someBoards } from '#test/support/small-fleet';
import { autoencoder } from '#test/support/trained-operators';

jest.setTimeout(180_000);

interface Version {
  readonly id: string;
  readonly publishedAt: string | null;
  readonly judgement: { readonly on: string; readonly before: number; readonly after: number } | null;
}

interface Campaign {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly baseVersionId: string;
  readonly roundDetails: readonly { readonly state: string; readonly reason: string | null }[];
}

const MODEL = autoencoder(1);
const FILE = fileOf(MODEL);
const ENDS = new Set(['completed', 'completedWithFailures', 'failed', 'aborted']);

let server: TestServer;
let layout: DeltaLayout;
let fleet: SmallFleet;
let device: ScriptedDevice;

beforeAll(async () => {
  layout = await deltaLayoutOf(FILE, aBoard());
});
beforeEach(async () => {
  server = await startServer();
  fleet = await smallFleet(server, someBoards(1), FILE);
  [device] = (await connectAll(server, fleet)) as [ScriptedDevice];
});
afterEach(async () => {
  await device.end();
  await server.end();
});

async function started(changes: object = {}): Promise<Campaign> {
  const settings = { rounds: 1, passes: 2, learningRate: 0.01, seed: 7, quorum: 1, roundDeadlineSeconds: 60 };
  const campaign = { fleetId: fleet.id, name: 'first', ...settings, ...changes };
  const { id } = await server.api.post<Campaign>('/campaigns', campaign);
  return server.api.post<Campaign>(`/campaigns/${id}/start`);
}

/** What the device did to every value; on what it had learnt it says a mean loss of 90,000 before. */
async function train(change: number): Promise<void> {
  const job = await device.helloUntil('train');
  const { result, encoded } = aSession(job, layout, change);
  await device.result({ ...result, rightBefore: 0, rightAfter: 0 });
  expect((await device.upload(job, encoded)).status).toBe(Status.stored);
}

async function evaluate(loss: number): Promise<void> {
  await device.result({ ...anEvaluation(await device.helloUntil('evaluate'), 0), loss });
}

const ended = ({ id }: Campaign): Promise<Campaign> =>
  eventually(
    'the campaign has ended',
    async () => {
      const now = await server.api.get<Campaign>(`/campaigns/${id}`);
      return ENDS.has(now.state) && now;
    },
    60_000,
  );

const model = () =>
  server.api.get<{ versionId: string; versions: readonly Version[] }>(`/models/${fleet.modelId}`);

describe('a campaign that publishes what is better', () => {
  it('makes no version of a round that the evaluation set says is worse', async () => {
    const set = waves(MODEL, { items: 8, adaptCount: 0, seed: 5 });
    await server.api.post(`/models/${fleet.modelId}/evaluation-set`, set);
    const campaign = await started();
    await train(100);
    const { state, reason, roundDetails } = await ended(campaign);
    expect([state, reason]).toEqual(['failed', 'no round made a new model version']);
    expect(roundDetails).toMatchObject([{ state: 'abandoned' }]);
    expect(roundDetails[0]?.reason).toMatch(/^mean squared error on 8 items .* not better/);
    const { versionId, versions } = await model();
    expect([versionId, versions.length]).toEqual([fleet.versionId, 1]);
  });

  it('keeps a version that the devices find worse as a candidate, and the next campaign does not start from it', async () => {
    const campaign = await started();
    await train(1);
    await evaluate(90_001);
    expect(await ended(campaign)).toMatchObject({ state: 'completed' });
    const { versionId, versions } = await model();
    expect(versionId).toBe(fleet.versionId);
    expect(versions[1]).toMatchObject({ publishedAt: null, judgement: { on: 'devices' } });
    expect(versions[1]!.judgement!.after).toBeGreaterThan(versions[1]!.judgement!.before);
    expect((await started()).baseVersionId).toBe(fleet.versionId);
  });

  it('publishes what they find better, and the next campaign starts from it', async () => {
    const campaign = await started();
    await train(1);
    await evaluate(89_999);
    await ended(campaign);
    const { versionId, versions } = await model();
    expect(versionId).toBe(versions[1]?.id);
    expect((await started()).baseVersionId).toBe(versionId);
  });

  it('publishes nothing where it was stopped before the devices could say', async () => {
    const campaign = await started();
    await train(1);
    await device.helloUntil('evaluate');
    await server.api.post(`/campaigns/${campaign.id}/abort`);
    const { versionId, versions } = await model();
    expect(versionId).toBe(fleet.versionId);
    expect(versions[1]).toMatchObject({ publishedAt: null, judgement: null });
  });

  it('publishes whatever comes where it was told to', async () => {
    const campaign = await started({ publishing: 'every' });
    await train(1);
    await evaluate(90_001);
    await ended(campaign);
    const { versionId, versions } = await model();
    expect(versionId).toBe(versions[1]?.id);
    expect(versions[1]).toMatchObject({ judgement: null });
  });
});
