import { at, unwrap } from '#libs/base/result';
import { type InferenceOptions, inferenceProgram } from '#libs/firmware/program';
import { build, type Build, openEngine } from '#libs/firmware/toolchain';
import { type Graph, type TensorId } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { Draws } from '#test/support/draws';
import { goldenFiles, goldenGraph, goldenInt8 } from '#test/support/golden-models';
import { GraphBuilder } from '#test/support/graph-builder';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { OPERATOR_DRAWS } from '#test/support/operator-draws';
import { describeWithShared } from '#test/support/shared-files';
import { sideBySide } from '#test/support/side-by-side';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const KINDS = ['conv2d', 'depthwiseConv2d', 'fullyConnected'] as const;
const WIDEST = 37;

/** A layer of a random kind over maps with more channels than a vector has lanes, or with one; everything else at random. */
function wideGraph(kind: (typeof KINDS)[number], seed: number): Graph {
  const draws = new Draws(seed);
  const builder = new GraphBuilder(`wide-${kind}-${seed}`, seed);
  const channels = draws.chance(15) ? 1 : draws.between(4, WIDEST);
  const shape =
    kind === 'fullyConnected'
      ? [draws.between(1, 5), channels * 3]
      : [1, draws.between(1, 9), draws.between(1, 9), channels];
  const input = builder.input(shape, draws.affine());
  const apply = (name: string, from: TensorId): TensorId =>
    OPERATOR_DRAWS[kind].apply({ draws, builder, name, input: from });
  return builder.build(apply('second', widened(builder, draws, apply('first', input))));
}

/** Random layers give few channels: a 1x1 convolution in between gives the next one many. */
function widened(builder: GraphBuilder, draws: Draws, input: TensorId): TensorId {
  const shape = builder.shapeOf(input);
  const options = { channels: draws.between(8, WIDEST), output: draws.affine() };
  return shape.length === 4
    ? builder.conv('wider', input, options)
    : builder.fullyConnected('wider', input, options);
}

/** The inference program of a graph, with vectors and without. */
async function builds(graph: Graph, options: InferenceOptions = {}): Promise<readonly [Build, Build]> {
  const { model, parameters } = unwrap(inferenceProgram(graph, options));
  const board = await emulatedBoard();
  const request = { program: 'inference', target: 'wasm', board, model, parameters, trace: true } as const;
  return [
    unwrap(await build(testWorkshop, request)),
    unwrap(await build(testWorkshop, { ...request, scalar: true })),
  ];
}

/** All that an inference leaves behind: outputs, and what every call wrote. */
async function resultsOf(built: Build, input: Uint8Array): Promise<readonly Uint8Array[]> {
  const { outputs, layers = [] } = unwrap(
    await openEngine(testWorkshop, built).forward({ inputs: [input], fill: 3 }),
  );
  return [...outputs, ...layers];
}

describe('kernels with vectors give the bytes of the reference and of the plain kernels', () => {
  it.each(KINDS)(
    '%s',
    async (kind) => {
      const graph = sideBySide(Array.from({ length: 24 }, (_, i) => wideGraph(kind, i + 1)));
      expect(await differenceOn(graph, 1, { target: 'wasm' })).toBeUndefined();
      const [vectors, scalar] = await builds(graph);
      const bytes = vectors.facts.inputs.reduce((sum, input) => sum + input.bytes, 0);
      const inputs = Uint8Array.from(new Draws(1).int8(bytes));
      expect(await resultsOf(vectors, inputs)).toEqual(await resultsOf(scalar, inputs));
    },
    MINUTE,
  );

  it(
    'row by row, too',
    async () => {
      const plan = { optimize: 'ram', inputRows: true } as const;
      const graph = sideBySide([1, 2, 3, 4].map((seed) => wideGraph('depthwiseConv2d', seed)));
      expect(await differenceOn(graph, 1, { target: 'wasm', plan })).toBeUndefined();
    },
    MINUTE,
  );
});

describe.each(['mlperf_kws', 'person_detect', 'mcunet_vww'] as const)('%s in WebAssembly', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    it(
      'gives the same bytes with vectors and without',
      async () => {
        const [vectors, scalar] = await builds(runPasses(goldenGraph(model), INFERENCE_PASSES));
        const { input, output } = goldenInt8(model, '00');
        const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
        const results = await resultsOf(vectors, bytes);
        expect(results).toEqual(await resultsOf(scalar, bytes));
        expect(
          Buffer.from(at(results, 0)).equals(Buffer.from(output.buffer, output.byteOffset, output.length)),
        ).toBe(true);
        expect(vectors.binary).not.toEqual(scalar.binary);
      },
      2 * MINUTE,
    );
  });
});
