import { toHex } from '#libs/base/bytes';
import { NO_MODEL } from '#libs/firmware/toolchain';
import { Artifact } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import { describeWithQemu, EmulatedBoard } from './emulated';
import { expectedDelta, ITEMS, trainJob, WAIT } from './jobs';
import { decodePerceptronDelta, PERCEPTRON, perceptronParameters } from './perceptron';
import { buildDevice, perceptronModel } from './programs';
import { TestFleet, testFlash } from './test-fleet';
import { layoutId, schemeId } from '#libs/fleet/protocol';

jest.setTimeout(180_000);

const artifact = new Artifact(5, perceptronParameters(1));
const PATIENCE_MS = 90_000;
const INSTALL = {
  kind: 'install',
  layout: layoutId(PERCEPTRON.layout),
  scheme: schemeId(PERCEPTRON.scheme),
  waitMs: 60_000,
} as const;

describeWithQemu('a device under QEMU', () => {
  let fleet: TestFleet;
  let board: EmulatedBoard;
  let chunks = 0;
  const patiently = (what: string, isSo: () => boolean): Promise<void> => waitUntil(what, isSo, PATIENCE_MS);

  beforeEach(async () => {
    fleet = await TestFleet.open({
      job: (_, { layout }) => {
        if (layout === 0) return INSTALL;
        return fleet.server.deltas.has(1) ? WAIT : trainJob(1, artifact);
      },
      artifacts: [artifact],
      decodeDelta: decodePerceptronDelta,
      tamper: (kind, payload) => {
        if (kind === 'chunk') chunks++;
        return [payload];
      },
    });
    const enrol = await buildDevice({ program: 'enrol', target: 'arm', model: NO_MODEL }, 'mps2-an386');
    board = new EmulatedBoard(fleet, { factoryFlash: testFlash({ samples: ITEMS }), program: enrol.binary });
  });
  afterEach(async () => {
    await board.close();
    await fleet.close();
  });

  it('enrols without a model, is programmed, is killed while it fetches, and gives the same delta', async () => {
    const { device } = board;
    device.start();
    await patiently('hello without a model', () => fleet.server.hellos.length > 0);
    const build = await buildDevice(
      { program: 'device', target: 'arm', model: perceptronModel() },
      'mps2-an386',
    );
    await device.install(build.binary);
    await patiently('a chunk', () => chunks > 2);
    await device.kill();
    device.start();
    await patiently('the delta', () => fleet.server.deltas.has(1));

    expect(fleet.server.deltas.get(1)).toEqual(expectedDelta(1));
    // A slow machine makes it ask twice; it is the same request.
    expect(new Set(fleet.server.enrolments.map(({ nonce }) => toHex(nonce))).size).toBe(1);
    expect(fleet.server.hellos.at(-1)?.boots).toBe(3);
    expect(device.readLog()).not.toContain('fault');
    const [result] = fleet.server.results;
    expect(result?.peakStackBytes).toBeGreaterThan(200);
    expect(result?.peakStackBytes).toBeLessThanOrEqual(build.fit?.stackBound.bytes ?? 0);
    expect(result?.peakSramBytes).toBeLessThanOrEqual(build.fit?.ramBytes ?? 0);
  });
});
