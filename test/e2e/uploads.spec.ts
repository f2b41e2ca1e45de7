import { sha256 } from '#libs/base/bytes';
import type { DeltaLayout } from '#libs/fleet/delta';
import { artifactId, executionId, schemeId, Status, type TrainJob } from '#libs/fleet/protocol';
import { deltaLayoutOf } from '#test/support/delta-layout';
import { eventually } from '#test/support/eventually';
import { aBoard, type ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';
import { aSession } from '#test/support/session';
import { connectAll, smallFleet, type SmallFleet } from '#test/support/small-fleet';
import { smallModelFile } from '#test/support/small-model';

jest.setTimeout(180_000);

interface Campaign {
  readonly id: string;
  readonly roundDetails: readonly {
    readonly state: string;
    readonly executions: readonly {
      readonly deviceId: string;
      readonly state: string;
      readonly status: number | null;
    }[];
  }[];
}

let server: TestServer;
let fleet: SmallFleet;
let layout: DeltaLayout;
let campaign: Campaign;
let device: ScriptedDevice;
let other: ScriptedDevice;
let job: TrainJob;

beforeEach(async () => {
  server = await startServer();
  layout = await deltaLayoutOf(smallModelFile(), aBoard());
  fleet = await smallFleet(server);
  [device, other] = (await connectAll(server, fleet)) as [ScriptedDevice, ScriptedDevice];
  const settings = {
    rounds: 1,
    passes: 1,
    learningRate: 0.01,
    seed: 1,
    quorum: 2,
    roundDeadlineSeconds: 120,
  };
  const { id } = await server.api.post<Campaign>('/campaigns', {
    fleetId: fleet.id,
    name: 'uploads',
    ...settings,
  });
  campaign = await server.api.post<Campaign>(`/campaigns/${id}/start`);
  job = await device.helloUntil('train');
});
afterEach(async () => {
  await Promise.all([device.end(), other.end()]);
  await server.end();
});

const ownExecution = async () => {
  const { roundDetails } = await server.api.get<Campaign>(`/campaigns/${campaign.id}`);
  return roundDetails[0]?.executions.find(({ deviceId }) => deviceId === device.address.device);
};

describe('a result', () => {
  it.each([
    ['of another base', { baseDigest: sha256(new Uint8Array(1)) }, Status.wrongBase],
    ['of another scheme', { scheme: schemeId(1) }, Status.wrongScheme],
    ['with more bytes than the scheme can have', { deltaBytes: 1_000_000 }, Status.wrongSize],
  ])('%s is refused before any byte of its delta, and is over', async (_, wrong, status) => {
    const { result, encoded } = aSession(job, layout);
    expect((await device.result({ ...result, ...wrong })).status).toBe(status);
    expect(await ownExecution()).toMatchObject({ state: 'refused', status });
    expect((await device.result(result)).status).toBe(status);
    expect((await device.piece(job, 0, encoded)).status).toBe(status);
  });

  it('of another device, of no execution or of another attempt is refused and changes nothing', async () => {
    const { result } = aSession(job, layout);
    expect((await other.result(result)).status).toBe(Status.unknownExecution);
    expect((await device.result({ ...result, execution: executionId(9_999) })).status).toBe(
      Status.unknownExecution,
    );
    expect((await device.result({ ...result, attempt: 2 })).status).toBe(Status.unknownExecution);
    expect(await ownExecution()).toMatchObject({ state: 'open' });
  });

  it('of a session that failed is kept with its code, and told again as kept', async () => {
    const failed = {
      kind: 'failed',
      execution: job.execution,
      attempt: job.attempt,
      status: Status.diverged,
    } as const;
    expect((await device.result(failed)).status).toBe(Status.stored);
    expect((await device.result(failed)).status).toBe(Status.stored);
    expect(await ownExecution()).toMatchObject({ state: 'failed', status: Status.diverged });
  });
});

describe('a delta', () => {
  it('is stored once, however often the result and the pieces come', async () => {
    const { result, encoded } = aSession(job, layout);
    await device.result(result);
    expect((await device.result(result)).haveBytes).toBe(0);
    const half = encoded.subarray(0, 30);
    expect((await device.piece(job, 0, half)).haveBytes).toBe(30);
    expect((await device.piece(job, 0, half)).haveBytes).toBe(30);
    expect((await device.piece(job, 40, encoded.subarray(40, 50))).haveBytes).toBe(30);
    expect((await device.upload(job, encoded, 30)).status).toBe(Status.stored);
    expect((await device.result(result)).status).toBe(Status.stored);
    expect((await device.piece(job, 0, encoded)).status).toBe(Status.stored);
    expect(await ownExecution()).toMatchObject({ state: 'stored' });
  });

  it('that is not the one that was announced is refused when its last byte is there', async () => {
    const { result, encoded } = aSession(job, layout);
    await device.result({ ...result, deltaDigest: sha256(new Uint8Array(3)) });
    expect((await device.upload(job, encoded)).status).toBe(Status.wrongDigest);
    expect(await ownExecution()).toMatchObject({ state: 'refused', status: Status.wrongDigest });
    const events = () => server.api.get<{ total: number }>('/events?code=upload.wrongDigest');
    expect(await eventually('an event', async () => (await events()).total === 1)).toBe(true);
  });

  it('that grows beyond what was announced is refused', async () => {
    const { result, encoded } = aSession(job, layout);
    await device.result({ ...result, deltaBytes: 10 });
    expect((await device.piece(job, 0, encoded.subarray(0, 20))).status).toBe(Status.wrongSize);
  });

  it('without a result is asked for from its start', async () => {
    const { encoded } = aSession(job, layout);
    expect(await device.piece(job, 0, encoded.subarray(0, 10))).toMatchObject({
      status: Status.ok,
      haveBytes: 0,
    });
  });

  it('that is refused leaves the round to the others', async () => {
    const theirs = await other.helloUntil('train');
    await device.result({ ...aSession(job, layout).result, scheme: schemeId(1) });
    const { result, encoded } = aSession(theirs, layout);
    await other.result(result);
    await other.upload(theirs, encoded);
    const states = await eventually('the round is over', async () => {
      const { roundDetails } = await server.api.get<Campaign>(`/campaigns/${campaign.id}`);
      return (
        roundDetails[0]?.state === 'abandoned' && roundDetails[0].executions.map(({ state }) => state).sort()
      );
    });
    expect(states).toEqual(['refused', 'stored']);
  });
});

describe('a fetch', () => {
  it('of chunks that there are not is refused', async () => {
    const chunks = Math.ceil(job.sizeBytes / job.chunkBytes);
    const [refused] = await device.fetch(job.artifact, chunks, 1);
    expect(refused).toMatchObject({ kind: 'refused', chunk: chunks, status: Status.chunkOutOfRange });
  });

  it('of an artifact that there is not is refused', async () => {
    const [refused] = await device.fetch(artifactId(9_999), 0, 1);
    expect(refused).toMatchObject({ kind: 'refused', status: Status.unknownArtifact });
  });
});
