import type { DeltaLayout } from '#libs/fleet/delta';
import { Status } from '#libs/fleet/protocol';
import { deltaLayoutOf } from '#test/support/delta-layout';
import { eventually } from '#test/support/eventually';
import { fileOf, waves } from '#test/support/number-models';
import { aBoard, enrolled, ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';
import { anEvaluation, aSession } from '#test/support/session';
import {
  connectAll,
  preparedDevice,
  smallFleet,
  type SmallFleet,
  someBoards,
} from '#test/support/small-fleet';
import { autoencoder } from '#test/support/trained-operators';

jest.setTimeout(180_000);

interface Version {
  readonly id: string;
  readonly publishedAt: string | null;
  readonly score: number | null;
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
async function train(change: number, learner = device): Promise<void> {
  const job = await learner.helloUntil('train');
  const { result, encoded } = aSession(job, layout, change);
  await learner.result({ ...result, rightBefore: 0, rightAfter: 0 });
  expect((await learner.upload(job, encoded)).status).toBe(Status.stored);
}

async function evaluate(loss: number, tester = device): Promise<void> {
  await tester.result({ ...anEvaluation(await tester.helloUntil('evaluate'), 0), loss });
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

/** Another fleet of the same model, with one device. */
async function anotherFleet(): Promise<{ readonly id: string; readonly device: ScriptedDevice }> {
  const { api, mqttUrl } = server;
  const { id } = await api.post<{ id: string }>('/fleets', { name: 'cellars' });
  await api.put(`/fleets/${id}/model`, { modelId: fleet.modelId });
  const wanted = { quota: 1, expiresInSeconds: 600 };
  const { token } = await api.post<{ token: string }>(`/fleets/${id}/enrolment-tokens`, wanted);
  const granted = await enrolled(mqttUrl, token, aBoard({ uid: '00000000000000b0' }));
  await preparedDevice(server, granted.device);
  return { id, device: await ScriptedDevice.connect(mqttUrl, granted) };
}

const happened = async ({ id }: Campaign): Promise<readonly { code: string; message: string }[]> =>
  (
    await server.api.get<{ items: { code: string; message: string }[] }>(`/events?subject=${id}`)
  ).items.filter(({ code }) => code.startsWith('version.'));

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
    const [refused, ...others] = await happened(campaign);
    expect([refused?.code, others]).toEqual(['version.not-better', []]);
    expect(refused?.message).toMatch(/^round 1: .* of v1, .* of this one/);
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
    expect(await happened(campaign)).toMatchObject([{ code: 'version.not-better' }]);
    expect((await started()).baseVersionId).toBe(fleet.versionId);
  });

  it('publishes what they find better, and the next campaign starts from it', async () => {
    const campaign = await started();
    await train(1);
    await evaluate(89_999);
    await ended(campaign);
    const { versionId, versions } = await model();
    expect(versionId).toBe(versions[1]?.id);
    const [published, ...others] = await happened(campaign);
    expect([published?.code, others]).toEqual(['version.published', []]);
    expect(published?.message).toMatch(/^v2: mean squared error on the devices’ own test items: .* of v1/);
    expect((await started()).baseVersionId).toBe(versionId);
  });

  it('does not replace what another fleet published meanwhile, which its devices never saw', async () => {
    const other = await anotherFleet();
    const mine = await started();
    const theirs = await started({ fleetId: other.id });
    await train(1);
    await train(2, other.device);
    await evaluate(89_999);
    await ended(mine);
    await evaluate(1_000, other.device);
    expect(await ended(theirs)).toMatchObject({ state: 'completed' });
    const { versionId, versions } = await model();
    const last = versions.find(({ judgement }) => judgement && judgement.after < judgement.before / 2);
    expect(last).toMatchObject({ publishedAt: null, judgement: { on: 'devices' } });
    expect(versionId).toBe(versions.find(({ id, publishedAt }) => publishedAt && id !== fleet.versionId)?.id);
    const [overtaken] = await happened(theirs);
    expect(overtaken?.code).toBe('version.overtaken');
    expect(overtaken?.message).toMatch(/v\d was published meanwhile$/);
    await other.device.end();
  });

  it('compares with what was published last, by whichever fleet', async () => {
    const set = waves(MODEL, { items: 8, adaptCount: 0, seed: 5 });
    await server.api.post(`/models/${fleet.modelId}/evaluation-set`, set);
    const other = await anotherFleet();
    const careful = await started();
    const careless = await started({ fleetId: other.id, publishing: 'every' });
    await train(100, other.device);
    await evaluate(90_001, other.device);
    await ended(careless);
    await train(1);
    await evaluate(90_001);
    await ended(careful);
    const { versionId, versions } = await model();
    expect(versionId).toBe(versions[2]?.id);
    expect(versions[2]?.judgement).toMatchObject({ on: 'evaluationSet', before: versions[1]?.score });
    await other.device.end();
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
