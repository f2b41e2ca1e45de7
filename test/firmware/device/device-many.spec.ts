import { Artifact } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import { expectedDelta, ITEMS, trainJob, WAIT } from './jobs';
import { decodePerceptronDelta, perceptronParameters } from './perceptron';
import { devicePrograms } from './programs';
import { TestFleet } from './test-fleet';

jest.setTimeout(120_000);

const DEVICES = 300;
const artifact = new Artifact(5, perceptronParameters(1));

describe(`${DEVICES} devices in one process`, () => {
  it('all enrol, train and upload, and agree to the byte', async () => {
    const executions = new Map<string, number>();
    const executionOf = (device: string): number => {
      const known = executions.get(device) ?? executions.size + 1;
      executions.set(device, known);
      return known;
    };
    const fleet: TestFleet = await TestFleet.open({
      job: ({ device }) => {
        const execution = executionOf(device);
        return fleet.server.deltas.has(execution) ? WAIT : trainJob(execution, artifact);
      },
      artifacts: [artifact],
      decodeDelta: decodePerceptronDelta,
    });
    try {
      const { wasm } = await devicePrograms();
      for (let i = 0; i < DEVICES; i++) {
        fleet.add({ samples: ITEMS, program: wasm, uid: i.toString(16).padStart(16, '0') });
      }
      await waitUntil('all deltas', () => fleet.server.deltas.size === DEVICES, 100_000);
      const expected = Buffer.from(expectedDelta(1));
      expect([...fleet.server.deltas.values()].every((delta) => expected.equals(delta))).toBe(true);
    } finally {
      await fleet.close();
    }
  });
});
