import fc from 'fast-check';
import { type Graph, type Op, tensorBytes, tensorId, type TensorId, tensorOf } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { INTEGER_KINDS, randomOperatorGraph } from '#test/support/random-operators';
import { layerwise, type Plan, type PlannedBuffer, scratchBytes, verifyPlan } from '.';
import { overlapsOf, unionBytes } from './overlap';

const bytesOf = (graph: Graph, id: TensorId): number => tensorBytes(tensorOf(graph, id));
const onlyOp = (graph: Graph): Op => graph.ops[0]!;

/** A graph of one operator, its output `distance` bytes above its operand, everything else above both. */
function planAt(graph: Graph, operand: TensorId, distance: number): Plan {
  const output = graph.outputs[0]!;
  const buffer = (id: TensorId, offset: number): PlannedBuffer => ({
    name: tensorOf(graph, id).name,
    kind: 'activation',
    tensors: [id],
    offset,
    bytes: bytesOf(graph, id),
    first: 0,
    last: 0,
  });
  const base = Math.max(0, -distance);
  const end = base + bytesOf(graph, operand) + Math.max(0, distance) + bytesOf(graph, output);
  let top = end;
  const others = graph.inputs.flatMap((id) => {
    if (id === operand) return [];
    top += bytesOf(graph, id);
    return buffer(id, top - bytesOf(graph, id));
  });
  const scratch = Math.ceil(top / 4) * 4;
  const bytes = scratchBytes(onlyOp(graph), graph);
  const borrowed: PlannedBuffer = {
    name: 'scratch',
    kind: 'scratch',
    tensors: [],
    offset: scratch,
    bytes,
    first: 0,
    last: 0,
    op: 0,
  };
  return {
    graph: graph.name,
    schedule: layerwise(graph),
    buffers: [
      buffer(operand, base),
      buffer(output, base + distance),
      ...others,
      ...(bytes > 0 ? [borrowed] : []),
    ],
    inputsInArena: true,
    kernels: 'plain',
    peakBytes: scratch + bytes,
    lowerBoundBytes: 0,
    proof: 'none',
    scratchBytes: bytes,
    strategy: 'by hand',
  };
}

const isSound = (graph: Graph, operand: TensorId, distance: number): boolean =>
  verifyPlan(graph, planAt(graph, operand, distance)).length === 0;

const seeds = fc.integer({ min: 1, max: 100_000 });
const operators = fc
  .tuple(fc.constantFrom(...INTEGER_KINDS), seeds)
  .map(([kind, seed]) => randomOperatorGraph(kind, seed))
  .filter((graph) => graph.ops.length === 1 && onlyOp(graph).kind !== 'reshape');

describe('the output of a random operator', () => {
  it('lies as far over its operand as the order of access allows, and no byte (or pixel) farther', () => {
    let exact = 0;
    fc.assert(
      fc.property(operators, fc.nat(), (graph, draw) => {
        const operand = graph.inputs[0]!;
        const [input, output] = [bytesOf(graph, operand), bytesOf(graph, graph.outputs[0]!)];
        const overlap = overlapsOf(onlyOp(graph), graph).find((each) => each.operand === operand);
        const { atMost, multipleOf } = overlap ?? { atMost: -output, multipleOf: 1 };
        const overlapping = (draw % (input + output)) - output;
        if (overlapping <= atMost && overlapping % multipleOf === 0) {
          expect(isSound(graph, operand, overlapping)).toBe(true);
        }
        if (atMost === Infinity) return;
        const farthest = Math.floor(atMost / multipleOf) * multipleOf;
        expect(isSound(graph, operand, Math.max(farthest, -output))).toBe(true);
        const next = Math.max(farthest, -output) + multipleOf;
        if (!overlap || next >= input) return;
        exact++;
        expect(isSound(graph, operand, next)).toBe(false);
      }),
      { numRuns: 1500 },
    );
    expect(exact).toBeGreaterThan(300);
  });

  it('meets only its own channel where a depthwise convolution works in place', () => {
    const builder = new GraphBuilder('depthwise');
    const graph = builder.build(
      builder.depthwise('dw', builder.input([1, 6, 5, 3]), { kernel: 3, padding: 1 }),
    );
    expect(overlapsOf(onlyOp(graph), graph)).toMatchObject([{ atMost: 5 * 3, multipleOf: 3 }]);
    expect([-15, -3, 0, 3, 15].every((distance) => isSound(graph, tensorId(0), distance))).toBe(true);
    expect([-1, 1, 2, 4, 18].some((distance) => isSound(graph, tensorId(0), distance))).toBe(false);
  });
});

describe('distances known by heart', () => {
  const distanceOf = (draw: (builder: GraphBuilder, input: TensorId) => TensorId): number => {
    const builder = new GraphBuilder('one');
    const graph = builder.build(draw(builder, builder.input([1, 4, 4, 8])));
    return overlapsOf(onlyOp(graph), graph)[0]!.atMost;
  };

  it.each([
    ['a 1x1 convolution that keeps its channels is in place', 0, 8],
    ['one that doubles them begins below its operand, all pixels but the last two', -14 * 8, 16],
    ['one that halves them is in place or a little above: the first pair is read before it is written', 8, 4],
  ])('%s', (_, distance, channels) => {
    expect(distanceOf((builder, input) => builder.conv('conv', input, { channels }))).toBe(distance);
  });

  it('a 3x3 convolution follows one row and one pixel behind', () => {
    const conv = distanceOf((b, input) => b.conv('c', input, { channels: 8, kernel: 3, padding: 1 }));
    expect(conv).toBe(-(4 + 1) * 8);
  });

  it('kernels that take three pixels of a row at a time may come less close than those that take two', () => {
    const builder = new GraphBuilder('padding');
    const input = builder.input([1, 1, 1, 1]);
    const graph = builder.build(builder.conv('c', input, { channels: 4, kernel: 3, padding: 3 }));
    // The last of 5x5 outputs that reads the one input is at (3, 3): 17 are written before its pair, 18 before its three.
    const [plain, dsp] = (['plain', 'dsp'] as const).map((kernels) =>
      overlapsOf(onlyOp(graph), graph, kernels),
    );
    expect([plain, dsp]).toMatchObject([[{ atMost: -17 * 4 }], [{ atMost: -18 * 4 }]]);
  });

  it('a global pool may overwrite where its window begins', () => {
    expect(distanceOf((builder, input) => builder.averagePool('pool', input))).toBe(0);
  });
});

describe('the bytes of two together', () => {
  it.each([
    [{ operand: 100, output: 60, atMost: 0, multipleOf: 1 }, 100],
    [{ operand: 60, output: 100, atMost: -40, multipleOf: 1 }, 100],
    [{ operand: 60, output: 100, atMost: -70, multipleOf: 1 }, 130],
    [{ operand: 60, output: 100, atMost: -70, multipleOf: 8 }, 132],
    [{ operand: 60, output: 100, atMost: -300, multipleOf: 1 }, 160],
    [{ operand: 60, output: 100, atMost: Infinity, multipleOf: 1 }, 100],
  ])('%o: %d', ({ operand, output, ...reach }, together) => {
    expect(unionBytes(operand, output, reach)).toBe(together);
  });
});
