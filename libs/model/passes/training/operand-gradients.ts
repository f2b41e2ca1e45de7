import {
  type Add,
  type AveragePool2d,
  type Concatenation,
  elementCount,
  type Graph,
  type GradientWalk,
  type MaxPool2d,
  type Mean,
  type Mul,
  type Op,
  type OpOf,
  type Pad,
  type Ratio,
  type RecordMaximum,
  type Reshape,
  type ResizeNearest,
  type StridedSlice,
  type Sub,
  type TensorId,
  tensorOf,
  type Transpose,
  type Unary,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { clampRatio, isClampFunction, meanRatio, operandRatio, UNIT_RATIO } from '#libs/model/quant';
import {
  binaryWalk,
  concatenationWalk,
  meanWalk,
  padWalk,
  reshapeWalk,
  sliceWalk,
  transposeWalk,
} from './gradient-walks';

/** What every gradient operator names: the gradient that comes, the mask of the operand, the gradient that goes. */
export interface Passing {
  readonly name: string;
  readonly gradient: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** How the gradient of one operand is computed of the gradient of the result. `write` is absent where they are the same. */
export interface OperandGradient {
  readonly of: TensorId;
  readonly write?: (passing: Passing) => Op;
}

const scaled =
  (ratio: Ratio) =>
  ({ gradient, ...passing }: Passing): Op => ({
    kind: 'addGradient',
    terms: [{ gradient, ratio }],
    ...passing,
  });

const moved =
  (walk: GradientWalk, ratio: Ratio = UNIT_RATIO, factor?: TensorId) =>
  (passing: Passing): Op => ({
    kind: 'moveGradient',
    walk,
    ratio,
    ...(factor !== undefined && { factor }),
    ...passing,
  });

const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;

/** Is operand `id` as large as the result, element by element? */
export const isEven = (graph: Graph, op: Add | Sub | Mul, id: TensorId): boolean =>
  shapeOf(graph, id).join() === shapeOf(graph, op.output).join();

function ofOperand(graph: Graph, op: Add | Sub | Mul, index: 0 | 1): OperandGradient {
  const of = op.inputs[index];
  const ratio = operandRatio(graph, op, index);
  if (op.kind === 'mul') {
    return { of, write: moved(binaryWalk(graph, op, index), ratio, op.inputs[index === 0 ? 1 : 0]) };
  }
  return { of, write: isEven(graph, op, of) ? scaled(ratio) : moved(binaryWalk(graph, op, index), ratio) };
}

/** Channels and pixels of a gradient. */
export function planesOf(shape: readonly number[]): readonly [channels: number, pixels: number] {
  const channels = shape.at(-1) ?? 1;
  return [channels, elementCount(shape) / channels];
}

function tapsOf(graph: Graph, output: TensorId): TensorId {
  const record = graph.ops.find((op): op is RecordMaximum => op.kind === 'recordMaximum' && op.of === output);
  invariant(record, `the taps of tensor ${output} are recorded`);
  return record.output;
}

type One = { readonly input: TensorId; readonly output: TensorId };

const one = ({ input }: One, write: OperandGradient['write']): readonly OperandGradient[] => [
  { of: input, ...(write && { write }) },
];

const binary = (op: Add | Sub | Mul, graph: Graph): readonly OperandGradient[] => [
  ofOperand(graph, op, 0),
  ofOperand(graph, op, 1),
];

function ofUnary(op: Unary, graph: Graph): readonly OperandGradient[] {
  const { input, output: of } = op;
  if (isClampFunction(op)) return one(op, scaled(clampRatio(graph, op)));
  return one(op, (passing) => ({ kind: 'lookupGradient', input, of, ...passing }));
}

/** The same tensor where the planes stay what they are. */
function ofReshape(op: Reshape, graph: Graph): readonly OperandGradient[] {
  const [from, to] = [op.input, op.output].map((id) => planesOf(shapeOf(graph, id)).join());
  return one(op, from === to ? undefined : moved(reshapeWalk(shapeOf(graph, op.input))));
}

function ofMaxPool(op: MaxPool2d, graph: Graph): readonly OperandGradient[] {
  const taps = tapsOf(graph, op.output);
  return one(op, (passing) => ({ kind: 'maxPoolGradient', taps, of: op.output, ...passing }));
}

const concatenated = (op: Concatenation, graph: Graph): readonly OperandGradient[] =>
  op.inputs.map((of, index) => ({ of, write: moved(concatenationWalk(graph, op, index)) }));

/** Operators without weights that a gradient comes back through. */
const GRADIENTS = {
  add: binary,
  sub: binary,
  mul: binary,
  unary: ofUnary,
  reshape: ofReshape,
  pad: (op: Pad, graph: Graph) => one(op, moved(padWalk(graph, op))),
  stridedSlice: (op: StridedSlice, graph: Graph) => one(op, moved(sliceWalk(graph, op))),
  transpose: (op: Transpose, graph: Graph) => one(op, moved(transposeWalk(graph, op))),
  mean: (op: Mean, graph: Graph) => one(op, moved(meanWalk(graph, op), meanRatio(graph, op))),
  concatenation: concatenated,
  resizeNearest: (op: ResizeNearest) =>
    one(op, (passing) => ({ kind: 'resizeGradient', of: op.output, ...passing })),
  averagePool2d: (op: AveragePool2d) =>
    one(op, (passing) => ({ kind: 'averagePoolGradient', of: op.output, ...passing })),
  maxPool2d: ofMaxPool,
};

type DifferentiableKind = keyof typeof GRADIENTS;
type GradientsOf<O> = (op: O, graph: Graph) => readonly OperandGradient[];
GRADIENTS satisfies { readonly [K in DifferentiableKind]: GradientsOf<OpOf<K>> };

/** Is there a rule for the gradients of this operator's operands? */
export const hasOperandGradients = (op: Op): op is OpOf<DifferentiableKind> => op.kind in GRADIENTS;

/** Of every operand of an operator without weights, its gradient; constants have none, but stand here, too. */
export const operandGradients = (graph: Graph, op: OpOf<DifferentiableKind>): readonly OperandGradient[] =>
  (GRADIENTS[op.kind] as GradientsOf<Op>)(op, graph);
