import { unwrap } from '#libs/base/result';
import { dspFilter } from '#libs/firmware/codegen';
import { inferenceProgram } from '#libs/firmware/program';
import { build, openEngine } from '#libs/firmware/toolchain';
import { type Graph, layersOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { goldenFiles, goldenGraph, goldenInt8, wrongLayers } from '#test/support/golden-models';
import { withDeadChannels } from '#test/support/dead-channels';
import { GraphBuilder } from '#test/support/graph-builder';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork, randomOperatorGraph } from '#test/support/random-operators';
import { describeWithShared } from '#test/support/shared-files';
import { sideBySide } from '#test/support/side-by-side';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const KINDS = ['conv2d', 'depthwiseConv2d', 'fullyConnected', 'add'] as const;
const seeds = Array.from({ length: 8 }, (_, i) => i + 1);
const BOARDS = ['mps2-an386', 'mps2-an500', 'mps2-an505', 'mps3-an547'];

/**
 * Convolutions of all families on a map as narrow as `width`: one to seven pixels wide, so that groups of three, two and one pixels
 * end rows and maps; channels by fours and what is left of them; kernels that hang over every edge, or over all of them at once;
 * outputs that saturate, with the zero point at the end of the range (one affine form) and inside it (exact).
 */
function narrowGraph(width: number, channels: number, zeroPoint: number): Graph {
  const builder = new GraphBuilder(`narrow-${width}-${channels}`, 10 * width + channels);
  const input = builder.input([1, 4, width, channels], { scale: 0.02, zeroPoint });
  const clipped = { scale: 0.004, zeroPoint: -128 };
  const linear = { scale: 0.01, zeroPoint: 9 };
  const wide = { top: 3, bottom: 4, left: 4, right: 3 };
  const outputs = [
    builder.conv('pointwise', input, { channels: 5, output: clipped }),
    builder.conv('pointwise linear', input, { channels: 4, output: linear }),
    builder.conv('one output', input, { channels: 1, output: linear }),
    builder.conv('conv 3x3', input, { channels: 3, kernel: 3, padding: 1, output: clipped }),
    builder.conv('conv 8x8', input, { channels: 2, kernel: 8, stride: 2, padding: wide, output: linear }),
    builder.conv('dilated', input, { channels: 2, kernel: 2, dilation: 2, padding: 2, output: linear }),
    ...[1, 2].flatMap((stride) =>
      [2, 3, 5, 7].flatMap((kernel) => {
        const place = { kernel, stride, padding: kernel === 7 ? wide : Math.floor(kernel / 2) };
        const name = `depthwise ${kernel}/${stride}`;
        return [
          builder.depthwise(name, input, { ...place, output: clipped }),
          builder.depthwise(`${name} linear`, input, { ...place, output: linear }),
        ];
      }),
    ),
  ];
  return builder.build(...outputs);
}

const NARROW = [
  { width: 1, channels: 8, zeroPoint: -128 },
  { width: 2, channels: 1, zeroPoint: 3 },
  { width: 3, channels: 4, zeroPoint: -128 },
  { width: 4, channels: 7, zeroPoint: 127 },
  { width: 5, channels: 6, zeroPoint: -128 },
  { width: 7, channels: 13, zeroPoint: 0 },
];

describe('DSP kernels give the bytes of the reference', () => {
  it.each(NARROW)(
    'on maps $width wide with $channels channels',
    async ({ width, channels, zeroPoint }) => {
      const graph = narrowGraph(width, channels, zeroPoint);
      for (const place of [{ target: 'native', sanitize: true }, { target: 'arm' }] as const) {
        const variant = { ...place, plan: { kernels: 'dsp' } } as const;
        expect(await differenceOn(graph, width, variant)).toBeUndefined();
      }
    },
    2 * MINUTE,
  );

  it('where a depthwise layer of one channel may write over its input', async () => {
    const builder = new GraphBuilder('one-channel', 3);
    const input = builder.input([1, 9, 9, 1]);
    const copy = builder.conv('copy', input, { channels: 1 });
    const graph = builder.build(builder.depthwise('depthwise', copy, { kernel: 3, padding: 1 }));
    for (const place of [{ target: 'native', sanitize: true }, { target: 'arm' }] as const) {
      expect(await differenceOn(graph, 3, { ...place, plan: { kernels: 'dsp' } })).toBeUndefined();
    }
  });

  it.each(KINDS)(
    'on the native build under sanitizers: %s',
    async (kind) => {
      const graph = sideBySide(seeds.map((seed) => randomOperatorGraph(kind, seed)));
      const variant = { target: 'native', sanitize: true, plan: { kernels: 'dsp' } } as const;
      expect(await differenceOn(graph, 1, variant)).toBeUndefined();
    },
    2 * MINUTE,
  );

  it.each(BOARDS)(
    'on %s, whose instructions they are written in',
    async (board) => {
      const graph = sideBySide(
        [1, 2, 3].map((seed) => runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES)),
      );
      const variant = { target: 'arm', board, plan: { kernels: 'dsp' } } as const;
      expect(await differenceOn(graph, 1, variant)).toBeUndefined();
    },
    2 * MINUTE,
  );

  it(
    'in networks whose constant channels are not computed',
    async () => {
      const graph = sideBySide(
        seeds.map((seed) => withDeadChannels(runPasses(randomNetwork(seed), INFERENCE_PASSES), seed)),
      );
      const plan = { kernels: 'dsp', dropConstant: true } as const;
      expect(await differenceOn(graph, 1, { target: 'native', sanitize: true, plan })).toBeUndefined();
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
