import type { Board } from '#libs/firmware/boards';
import type { Build } from '#libs/firmware/toolchain';
import { Artifact } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import { describeWithQemu, EmulatedBoard } from '../device/emulated';
import { expectedDelta, ITEMS, trainJob, WAIT } from '../device/jobs';
import { decodePerceptronDelta, perceptronParameters } from '../device/perceptron';
import { buildDevice, perceptronModel } from '../device/programs';
import { TestFleet, testFlash } from '../device/test-fleet';
import { EMULATED } from './on-boards';

jest.setTimeout(90_000);

const artifact = new Artifact(5, perceptronParameters(1));
const PATIENCE_MS = 60_000;
/** That one is test/firmware/device's. */
const OTHERS = EMULATED.filter(({ name }) => name !== 'mps2-an386');

async function openFleet(): Promise<TestFleet> {
  const fleet: TestFleet = await TestFleet.open({
    job: () => (fleet.server.deltas.has(1) ? WAIT : trainJob(1, artifact)),
    artifacts: [artifact],
    decodeDelta: decodePerceptronDelta,
  });
  return fleet;
}

const powerOff = async (fleet: TestFleet, emulated: EmulatedBoard): Promise<void> => {
  await emulated.close();
  await fleet.close();
};

/** A whole session on a board that comes from the factory, with a server of its own. */
async function session(board: Board, { binary }: Build): Promise<TestFleet['server']> {
  const fleet = await openFleet();
  const emulated = new EmulatedBoard(fleet, {
    factoryFlash: testFlash({ samples: ITEMS }),
    program: binary,
    machine: board.qemuMachine ?? '',
    flashBytes: board.memory.storage?.bytes ?? 0,
  });
  try {
    emulated.device.start();
    await waitUntil(`the delta of ${board.name}`, () => fleet.server.deltas.has(1), PATIENCE_MS);
    expect(emulated.device.readLog()).not.toContain('fault');
    return fleet.server;
  } finally {
    await powerOff(fleet, emulated);
  }
}

describeWithQemu('the device program', () => {
  it('trains on every other board, too: the same delta, within the stack that was proved', async () => {
    const checkOn = async (board: Board): Promise<void> => {
      const model = perceptronModel();
      const built = await buildDevice({ program: 'device', target: 'arm', model }, board.name);
      const { deltas, results } = await session(board, built);
      expect(deltas.get(1)).toEqual(expectedDelta(1));
      expect(results[0]?.peakStackBytes).toBeGreaterThan(200);
      expect(results[0]?.peakStackBytes).toBeLessThanOrEqual(built.fit?.stackBound.bytes ?? 0);
    };
    await Promise.all(OTHERS.map(checkOn));
  });
});
