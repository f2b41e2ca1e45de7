import { type DownMessage, encodeJob, type UpMessage } from '#libs/fleet/protocol';
import { Artifact, type ServerScript } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import { readIdentity } from '../../../apps/fleet/src/flash';
import { expectedDelta, ITEMS, trainJob, WAIT } from './jobs';
import { decodePerceptronDelta, perceptronParameters } from './perceptron';
import { devicePrograms, type Programs } from './programs';
import { TestFleet } from './test-fleet';

jest.setTimeout(60_000);

const artifact = new Artifact(5, perceptronParameters(1));

describe('a device comes to the same delta', () => {
  let programs: Programs;
  let fleet: TestFleet;
  beforeAll(async () => {
    programs = await devicePrograms();
  });
  afterEach(() => fleet.close());

  const open = async (script: Partial<ServerScript>): Promise<void> => {
    fleet = await TestFleet.open({
      job: () => (fleet.server.deltas.has(1) ? WAIT : trainJob(1, artifact)),
      artifacts: [artifact],
      decodeDelta: decodePerceptronDelta,
      ...script,
    });
  };
  const expectDelta = async (): Promise<void> => {
    await waitUntil('the delta', () => fleet.server.deltas.has(1));
    expect(fleet.server.deltas.get(1)).toEqual(expectedDelta(1));
  };
  const add = () => fleet.add({ samples: ITEMS, program: programs.wasm });

  it('when its power is cut while fetching, and does not fetch twice what it had', async () => {
    let chunks = 0;
    let isCut = false;
    await open({
      tamper: (kind, payload) => {
        if (kind === 'chunk') chunks++;
        return kind === 'chunk' && chunks > 5 && !isCut ? [] : [payload];
      },
    });
    const device = add();
    await waitUntil('a chunk that did not come', () => chunks > 5);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await device.kill();
    isCut = true;
    device.start();
    await expectDelta();
    const asked = fleet.server.fetches.filter(({ of }) => of === 'data');
    expect(asked[0]).toMatchObject({ firstChunk: 0, count: 8 });
    expect(asked.at(-1)).toMatchObject({ firstChunk: 5, count: 6 });
    expect(fleet.server.hellos.map(({ boots }) => boots)).toEqual(expect.arrayContaining([1, 2]));
    expect(fleet.server.enrolments).toHaveLength(1);
  });

  it('when its power is cut while training', async () => {
    await open({});
    const device = add();
    for (let boots = 1; boots <= 3; boots++) {
      const from = fleet.server.progress.length;
      const isTraining = () => fleet.server.progress.slice(from).some(({ phase }) => phase === 'training');
      await waitUntil('training', () => isTraining() || fleet.server.deltas.has(1));
      await device.kill();
      device.start();
    }
    await expectDelta();
  });

  it('when its power is cut while uploading', async () => {
    // Nothing of the delta is heard before the second result: pieces may still be under way when the power is gone.
    await open({ hears: (kind) => kind !== 'delta' || fleet.server.results.length > 1 });
    const device = add();
    await waitUntil('the result', () => fleet.server.results.length > 0);
    await device.kill();
    device.start();
    await expectDelta();
    expect(fleet.server.results[1]).toMatchObject({
      deltaDigest: (fleet.server.results[0] as { deltaDigest: unknown }).deltaDigest,
    });
  });

  it('when its power is cut between the enrolment request and its answer', async () => {
    let isCut = false;
    await open({ hears: (kind) => kind !== 'enrol' || isCut });
    const device = add();
    await waitUntil('the login', () => fleet.server.broker.logins.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const nonce = readIdentity(device.readFlash())?.nonce;
    await device.kill();
    isCut = true;
    device.start();
    await expectDelta();
    expect(nonce).toBeDefined();
    expect(readIdentity(device.readFlash())).toMatchObject({ nonce, isEnrolled: true, fleet: 'testers' });
  });

  it.each(['chunk', 'digests', 'job', 'ack'] as const)('when the first %s is damaged', async (damaged) => {
    let seen = 0;
    await open({
      tamper: (kind, payload) => {
        if (kind !== damaged || seen++ > 0) return [payload];
        const changed = payload.slice();
        const last = changed.length - 1;
        changed[last] = (changed[last] as number) ^ 0x55;
        return [changed];
      },
    });
    add();
    await expectDelta();
  });

  it('when every message comes three times', async () => {
    await open({ tamper: (_, payload) => [payload, payload, payload] });
    add();
    await expectDelta();
    expect(fleet.server.results.every(({ execution }) => execution === 1)).toBe(true);
  });

  it.each(['hello', 'fetch', 'result', 'delta'] as const)('when the first %s got lost', async (lost) => {
    let seen = 0;
    await open({ hears: (kind: UpMessage | 'enrol') => kind !== lost || seen++ > 0 });
    add();
    await expectDelta();
  });

  it.each(['job', 'digests', 'chunk', 'ack'] as const)('when the first %s got lost', async (lost) => {
    let seen = 0;
    await open({ tamper: (kind: DownMessage, payload) => (kind === lost && seen++ === 0 ? [] : [payload]) });
    add();
    await expectDelta();
  });

  it('when its connection breaks at every message', async () => {
    let breaks = 0;
    await open({
      hears: (kind) => {
        if (breaks < 6 && kind !== 'enrol') {
          breaks++;
          setImmediate(() => fleet.server.broker.dropConnections());
        }
        return true;
      },
    });
    add();
    await expectDelta();
    expect(breaks).toBe(6);
  });

  it('when the broker was not there at first, and goes away while it trains', async () => {
    await open({});
    await fleet.server.broker.stop();
    const device = add();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await fleet.server.broker.start();
    await waitUntil('training', () => fleet.server.progress.some(({ phase }) => phase === 'training'));
    await fleet.server.broker.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await fleet.server.broker.start();
    await expectDelta();
    expect(device.isOn).toBe(true);
  });

  it('when it is sent what no server should send', async () => {
    await open({
      tamper: (kind, payload) => {
        const wait = encodeJob(WAIT);
        const garbage = [
          new Uint8Array(),
          Uint8Array.of(0xff),
          payload.subarray(0, -1),
          new Uint8Array(1_280).fill(0xa1),
        ];
        return kind === 'job'
          ? [...garbage, payload, ...garbage]
          : [...garbage, wait.subarray(0, 3), payload, ...garbage];
      },
    });
    add();
    await expectDelta();
  });
});
