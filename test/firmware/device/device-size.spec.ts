import { NO_MODEL } from '#libs/firmware/toolchain';
import { buildDevice, perceptronModel } from './programs';

jest.setTimeout(120_000);

/** Bytes of everything but the model: what the network, the flash records and the session cost on a Cortex-M4. */
const BUDGETS = {
  device: { staticBytes: 6_208, stackBytes: 1_280, flashBytes: 24_576 },
  enrol: { staticBytes: 3_840, stackBytes: 896, flashBytes: 12_800 },
} as const;

describe('the program of a device on a Cortex-M4', () => {
  it.each(['device', 'enrol'] as const)('%s keeps its byte budgets', async (program) => {
    const model = program === 'device' ? perceptronModel() : NO_MODEL;
    const { fit, warnings } = await buildDevice({ program, target: 'arm', model }, 'mps2-an386');
    expect(warnings).toBe('');
    expect(fit?.stackBound.doubts).toEqual([]);
    expect(fit?.staticBytes).toBeLessThanOrEqual(BUDGETS[program].staticBytes);
    expect(fit?.stackBound.bytes).toBeLessThanOrEqual(BUDGETS[program].stackBytes);
    expect(fit?.flashBytes).toBeLessThanOrEqual(BUDGETS[program].flashBytes);
  });

  it.each(['device', 'enrol'] as const)('%s compiles for WebAssembly without a warning', async (program) => {
    const model = program === 'device' ? perceptronModel() : NO_MODEL;
    const { warnings } = await buildDevice({ program, target: 'wasm', model });
    expect(warnings).toBe('');
  });
});
