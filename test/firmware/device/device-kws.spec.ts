import { digestOf } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import type { TargetName } from '#libs/firmware/toolchain';
import type { SessionResult } from '#libs/fleet/protocol';
import { readVector } from '#test/support/numerics-v2/vectors';
import { describeWithShared } from '#test/support/shared-files';
import { waitUntil } from '#test/support/wait-until';
import { describeWithQemu, EmulatedBoard } from './emulated';
import { WAIT } from './jobs';
import { goldenSession, KWS_FEATURE_BYTES, KWS_FILES, KWS_SLOT_BYTES, kwsModel, speakerItems } from './kws';
import { buildDevice } from './programs';
import { TestFleet, testFlash } from './test-fleet';

const PATIENCE_MS = 300_000;
jest.setTimeout(PATIENCE_MS + 60_000);

describeWithShared(KWS_FILES, 'a device with the speech model, on the recordings of a real speaker', () => {
  const kws = kwsModel();
  let fleet: TestFleet;
  beforeEach(async () => {
    fleet = await TestFleet.open({
      job: () => (fleet.server.deltas.has(1) ? WAIT : goldenSession(kws)),
      artifacts: [kws.artifact],
      decodeDelta: kws.decodeDelta,
    });
  });
  afterEach(() => fleet.close());

  const program = (target: TargetName, { model } = kws) =>
    buildDevice({ program: 'device', target, model }, 'mps2-an386');
  const board = { samples: speakerItems('jackson'), slotBytes: KWS_SLOT_BYTES };

  /** The golden session met byte for byte; what the device told of it. */
  async function expectGoldenResult(): Promise<SessionResult> {
    await waitUntil('the delta', () => fleet.server.deltas.has(1) || fleet.server.ended.has(1), PATIENCE_MS);
    const result = at(fleet.server.results, 0);
    expect(result).toMatchObject({
      kind: 'trained',
      testItems: 400,
      learnedItems: 100,
      steps: 1_000,
      guardRestarts: 0,
    });
    expect(result).toMatchObject({ rightBefore: 197, rightAfter: 400 });
    const delta = fleet.server.deltas.get(1) ?? new Uint8Array();
    expect(digestOf(delta)).toBe(readVector('kws-sparse-long').delta);
    return result;
  }

  it('uploads the delta of the golden session, byte for byte', async () => {
    const { binary } = await program('wasm');
    fleet.add({ ...board, program: binary });
    await expectGoldenResult();
  });

  describeWithQemu('under QEMU, within the SRAM that its memory protection leaves it', () => {
    it('uploads the same, with half of the network computed once a recording', async () => {
      const { binary, fit } = await program('arm', kwsModel(KWS_FEATURE_BYTES));
      const emulated = new EmulatedBoard(fleet, { factoryFlash: testFlash(board), program: binary });
      try {
        emulated.device.start();
        const { peakSramBytes = 0 } = await expectGoldenResult();
        expect(peakSramBytes).toBeGreaterThan(fit?.arenaBytes ?? 0);
        expect(peakSramBytes).toBeLessThanOrEqual(fit?.ramBytes ?? 0);
      } finally {
        await emulated.close();
      }
    });
  });
});
