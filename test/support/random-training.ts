import { elementCount, type Graph, type TensorId } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { Draws } from '#test/support/draws';
import { GraphBuilder } from '#test/support/graph-builder';
import { OPERATOR_DRAWS } from '#test/support/operator-draws';

/** Operators that a gradient comes back through. */
const KINDS = [
  'conv2d',
  'depthwiseConv2d',
  'fullyConnected',
  'add',
  'sub',
  'mul',
  'unary',
  'reshape',
  'pad',
  'concatenation',
  'stridedSlice',
  'transpose',
  'resizeNearest',
  'averagePool2d',
  'maxPool2d',
  'mean',
] as const;

const MOST_OPERATORS = 8;
const MOST_ELEMENTS = 600;
/** Results that are likelier to be read next. */
const RECENT = 3;

/** Weights are within +-127 (NUMERICS N1); the draws know -128, too. */
function withoutLeastWeights(graph: Graph): Graph {
  const weights = new Set(graph.ops.flatMap((op) => ('weights' in op ? [op.weights] : [])));
  const tensors = graph.tensors.map((tensor) =>
    weights.has(tensor.id) && tensor.data
      ? { ...tensor, data: tensor.data.map((byte) => (byte === 0x80 ? 0x81 : byte)) }
      : tensor,
  );
  return { ...graph, tensors };
}

/** Further inputs, which operators may have asked for, become constants: a session has one. */
function withOneInput(graph: Graph, draws: Draws): Graph {
  const [input, ...others] = graph.inputs;
  const tensors = graph.tensors.map((tensor) =>
    others.includes(tensor.id)
      ? { ...tensor, role: 'constant' as const, data: bytes(draws, elementCount(tensor.shape)) }
      : tensor,
  );
  return { ...graph, tensors, inputs: input === undefined ? [] : [input] };
}

const bytes = (draws: Draws, count: number): Uint8Array => new Uint8Array(draws.int8(count).buffer);

type Ending = (b: GraphBuilder, x: TensorId, draws: Draws, input: TensorId) => TensorId;

const dense = (b: GraphBuilder, name: string, x: TensorId, channels: number): TensorId =>
  b.fullyConnected(name, b.reshape(`${name}.row`, x, [1, elementCount(b.shapeOf(x))]), { channels });

const ENDINGS: readonly Ending[] = [
  (b, x, draws) => b.softmax('softmax', dense(b, 'classes', x, draws.between(2, 5))),
  (b, x, draws) => {
    const map = b.shapeOf(x).length === 4 ? b.averagePool('pool', x) : x;
    return b.softmax('softmax', dense(b, 'classes', map, draws.between(2, 5)));
  },
  (b, x, draws) => b.softmax('softmax', dense(b, 'classes', dense(b, 'dense', x, 6), draws.between(2, 5))),
  (b, x) => dense(b, 'number', x, 1),
  (b, x, _, input) => dense(b, 'again', x, elementCount(b.shapeOf(input))),
];

/** A network of a few random operators between a trained convolution and a loss: branches that meet again or lead nowhere. */
export function randomTrainedNetwork(seed: number): Graph {
  const draws = new Draws(seed);
  const b = new GraphBuilder(`trained-${seed}`, seed);
  const channels = draws.between(1, 4);
  const input = b.input([1, draws.between(2, 7), draws.between(2, 7), draws.between(1, 3)]);
  const known = [
    b.conv('stem', input, { channels, kernel: draws.pick([1, 2]), padding: draws.pick([0, 1]) }),
  ];
  const operators = draws.between(1, MOST_OPERATORS);
  for (let i = 0; i < operators; i++) {
    const from = draws.pick(known.slice(-RECENT));
    const kind = draws.pick(KINDS.filter((each) => OPERATOR_DRAWS[each].takes(b.shapeOf(from))));
    const output = OPERATOR_DRAWS[kind].apply({
      draws,
      builder: b,
      name: `${i}.${kind}`,
      input: from,
      others: known,
    });
    const count = elementCount(b.shapeOf(output));
    if (count > 0 && count <= MOST_ELEMENTS && b.shapeOf(output).length > 0) known.push(output);
  }
  const last = known.at(-1) as TensorId;
  const output = draws.pick(ENDINGS)(b, last, draws, input);
  return runPasses(withoutLeastWeights(withOneInput(b.build(output), draws)), INFERENCE_PASSES);
}
