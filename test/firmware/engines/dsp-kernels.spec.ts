import { unwrap } from '#libs/base/result';
import { dspFilter } from '#libs/firmware/codegen';
import { inferenceProgram } from '#libs/firmware/program';
import { build, openEngine } from '#libs/firmware/toolchain';
import { layersOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { goldenFiles, goldenGraph, goldenInt8, wrongLayers } from '#test/support/golden-models';
import { withDeadChannels } from '#test/support/dead-channels';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork, randomOperatorGraph } from '#test/support/random-operators';
import { describeWithShared } from '#test/support/shared-files';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const KINDS = ['conv2d', 'depthwiseConv2d', 'fullyConnected', 'add'] as const;
const seeds = Array.from({ length: 8 }, (_, i) => i + 1);
const BOARDS = ['mps2-an386', 'mps2-an500', 'mps2-an505', 'mps3-an547'];

describe('DSP kernels give the bytes of the reference', () => {
  it.each(KINDS)(
    'on the native build under sanitizers: %s',
    async (kind) => {
      for (const seed of seeds) {
        const graph = randomOperatorGraph(kind, seed);
        const variant = { target: 'native', sanitize: true, plan: { kernels: 'dsp' } } as const;
        expect(await differenceOn(graph, seed, variant)).toBeUndefined();
      }
    },
    2 * MINUTE,
  );

  it.each(BOARDS)(
    'on %s, whose instructions they are written in',
    async (board) => {
      for (const seed of [1, 2, 3]) {
        const graph = runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES);
        const variant = { target: 'arm', board, plan: { kernels: 'dsp' } } as const;
        expect(await differenceOn(graph, seed, variant)).toBeUndefined();
      }
    },
    2 * MINUTE,
  );

  it(
    'in networks whose constant channels are not computed',
    async () => {
      for (const seed of seeds) {
        const graph = withDeadChannels(runPasses(randomNetwork(seed), INFERENCE_PASSES), seed);
        const plan = { kernels: 'dsp', dropConstant: true } as const;
        expect(await differenceOn(graph, seed, { target: 'native', sanitize: true, plan })).toBeUndefined();
      }
    },
    2 * MINUTE,
  );
});

describe.each(['mlperf_kws', 'person_detect', 'mcunet_vww'] as const)('%s with DSP kernels', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    it(
      'gives every intermediate tensor',
      async () => {
        const graph = runPasses(goldenGraph(model), INFERENCE_PASSES);
        const program = unwrap(inferenceProgram(graph, { kernels: 'dsp' }));
        const { input } = goldenInt8(model, '00');
        const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
        const built = await build(testWorkshop, {
          program: 'inference',
          target: 'native',
          board: await emulatedBoard(),
          model: program.model,
          parameters: program.parameters,
          trace: true,
          sanitize: true,
        });
        const engine = openEngine(testWorkshop, unwrap(built));
        const { layers = [] } = unwrap(await engine.forward({ inputs: [bytes], fill: 1 }));
        expect(wrongLayers(model, program.model.facts.calls, layers)).toEqual([]);
        expect(layersOf(graph).filter((op) => dspFilter(graph, op) === undefined)).toEqual([]);
      },
      2 * MINUTE,
    );
  });
});
