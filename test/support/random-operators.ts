import {
  elementCount,
  type Graph,
  type InferenceOp,
  perTensor,
  ruleOf,
  type Tensor,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { InputValue } from '#libs/model/reference';
import { Draws } from '#test/support/draws';
import { GraphBuilder } from '#test/support/graph-builder';
import { OPERATOR_DRAWS, type OperatorDraw } from '#test/support/operator-draws';

export type OperatorKind = InferenceOp['kind'];
type IntegerKind = keyof typeof OPERATOR_DRAWS;

/** Operators that graphs without a float boundary are made of. */
export const INTEGER_KINDS = Object.keys(OPERATOR_DRAWS) as readonly IntegerKind[];
export const OPERATOR_KINDS: readonly OperatorKind[] = [...INTEGER_KINDS, 'quantize', 'dequantize'];

function floatBoundary(kind: 'quantize' | 'dequantize', draws: Draws, builder: GraphBuilder): Graph {
  const shape = draws.shape();
  if (kind === 'quantize')
    return builder.build(builder.quantize(kind, builder.floatInput(shape), draws.affine()));
  return builder.build(builder.dequantize(kind, builder.input(shape, draws.affine())));
}

/** Requantising is what uint8 inputs are for. */
function uint8Boundary(draws: Draws, builder: GraphBuilder): Graph {
  const scale = draws.scale();
  const input = builder.input(draws.shape(), { scale, zeroPoint: draws.between(0, 255) }, 'uint8');
  const output = draws.chance(50) ? draws.affine(scale) : draws.affine(scale * draws.factor(3));
  return builder.build(builder.unary('unary', input, { name: 'requantize' }, output));
}

/** A graph of one operator of that kind (SOFTMAX may need a second one before it), with everything about it random. */
export function randomOperatorGraph(kind: OperatorKind, seed: number): Graph {
  const draws = new Draws(seed);
  const builder = new GraphBuilder(`random-${kind}-${seed}`, seed);
  if (kind === 'quantize' || kind === 'dequantize') return floatBoundary(kind, draws, builder);
  if (kind === 'unary' && draws.chance(10)) return uint8Boundary(draws, builder);
  const draw: OperatorDraw = OPERATOR_DRAWS[kind];
  const input = builder.input(draw.shape(draws), draws.affine());
  return builder.build(draw.apply({ draws, builder, name: kind, input }));
}

const FLOAT_EXTREMES = [0, -0, 0.5, -0.5, 1e-30, 1e9, -1e9];

function floats(draws: Draws, graph: Graph, tensor: Tensor, count: number): Float32Array {
  const reader = graph.ops.find((op) => op.kind === 'quantize' && op.input === tensor.id);
  const { scale, zeroPoint } =
    reader?.kind === 'quantize' ? perTensor(tensorOf(graph, reader.output)) : { scale: 1, zeroPoint: 0 };
  return Float32Array.from({ length: count }, () =>
    draws.chance(10)
      ? draws.pick(FLOAT_EXTREMES)
      : scale * (draws.between(-300, 300) / 2 - zeroPoint) * draws.factor(0.01),
  );
}

/** One value a graph input: random, or all at one end of the range, or all at the zero point. */
export function randomInputs(graph: Graph, seed: number): readonly InputValue[] {
  const draws = new Draws(seed);
  return graph.inputs.map((id) => {
    const tensor = tensorOf(graph, id);
    const count = elementCount(tensor.shape);
    if (tensor.type === 'float32') return floats(draws, graph, tensor, count);
    const values = draws.int8(count);
    if (draws.chance(10)) values.fill(draws.pick([-128, 127, ...(tensor.quantization?.zeroPoints ?? [])]));
    return tensor.type === 'uint8' ? Uint8Array.from(values) : values;
  });
}

const MOST_OPERATORS = 14;
/** Larger results are outputs and no operands. */
const MOST_ELEMENTS = 2000;
/** Results that are likelier to be read next. */
const RECENT = 4;

/** A network of all kinds of operators: branches that meet again or not, several inputs and outputs. */
export function randomBranchyNetwork(seed: number): Graph {
  const draws = new Draws(seed);
  const builder = new GraphBuilder(`branchy-${seed}`, seed);
  const known = Array.from({ length: draws.between(1, 2) }, () =>
    builder.input(draws.mapShape(), draws.affine(0.001 * 2 ** draws.between(0, 8))),
  );
  const operators = draws.between(4, MOST_OPERATORS);
  for (let i = 0; i < operators; i++) {
    const input = draws.pick(draws.chance(70) ? known.slice(-RECENT) : known);
    const kinds = INTEGER_KINDS.filter((kind) => OPERATOR_DRAWS[kind].takes(builder.shapeOf(input)));
    const kind = draws.pick(kinds);
    const site = { draws, builder, name: `${i}.${kind}`, input, others: known };
    const output = OPERATOR_DRAWS[kind].apply(site);
    if (elementCount(builder.shapeOf(output)) <= MOST_ELEMENTS) known.push(output);
  }
  return withOutputs(builder.build(), draws);
}

/** What nothing reads is an output, sometimes a tensor besides that something does read. */
function withOutputs(graph: Graph, draws: Draws): Graph {
  const read = new Set(graph.ops.flatMap((op) => ruleOf(op).inputs(op)));
  const written = graph.ops.flatMap((op) => ruleOf(op).outputs(op));
  const isRead = (id: TensorId): boolean => read.has(id);
  const inside = written.filter(isRead);
  const further = inside.length > 0 && draws.chance(30) ? [draws.pick(inside)] : [];
  return {
    ...graph,
    inputs: graph.inputs.filter(isRead),
    outputs: [...written.filter((id) => !isRead(id)), ...further],
  };
}
