import { unwrap } from '#libs/base/result';
import { inferenceProgram } from '#libs/firmware/program';
import { openEngine } from '#libs/firmware/toolchain';
import { testWorkshop } from '#test/support/harness';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { randomInputs } from '#test/support/random-networks';
import { describeEmulated, EMULATED, inferenceBuild, referenceBytes } from './on-boards';

const graph = kwsDigitsGraph();
const [input = new Int8Array()] = randomInputs(graph, 1, 1);
const expected = referenceBytes(graph, input);

/** The linker aligns what follows the arena. */
const ALIGNMENT = 8;

describe.each([
  ['its input in memory', { optimize: 'ram' }],
  ['rows from a sensor', { optimize: 'ram', inputRows: true }],
  ['DSP kernels', { optimize: 'ram', inputRows: true, kernels: 'dsp' }],
] as const)('a network that runs row by row, %s', (_, options) => {
  const program = unwrap(inferenceProgram(graph, options));
  const boards = 'kernels' in options ? EMULATED.filter(({ dsp }) => dsp) : EMULATED;

  describeEmulated('on the emulated board', () => {
    test.each(boards)(
      '$name: the output of the reference, a stack within its bound, no memory but the arena',
      async (board) => {
        const built = await inferenceBuild(graph, board, program);
        const result = unwrap(await openEngine(testWorkshop, built).forward({ inputs: [input], fill: 1 }));
        expect([...(result.outputs[0] ?? [])]).toEqual(expected);
        expect(result.stackBytes).toBeGreaterThan(0);
        expect(result.stackBytes).toBeLessThanOrEqual(built.footprint.stackBytes);
        const { staticRamBytes } = built.footprint;
        expect(staticRamBytes - program.plan.peakBytes).toBeLessThan(ALIGNMENT);
        expect(built.fit?.stackBound.doubts).toEqual([]);
      },
      120_000,
    );
  });
});
