import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import type { Activation } from './geometry';
import { type OpRule, present } from './op-rule';

/**
 * ADD of two tensors, each with its own scale; shapes broadcast as in NumPy (aligned at the last dimension, extents 1
 * stretch). Either operand may be a constant. `mask` as in Conv2d (training graphs: both shapes are the output's).
 */
export interface Add {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [TensorId, TensorId];
  readonly output: TensorId;
  readonly mask?: TensorId;
  readonly activation: Activation;
}

/** SUB, first minus second; operands as those of ADD. */
export interface Sub extends Omit<Add, 'kind' | 'mask'> {
  readonly kind: 'sub';
}

/** MUL; operands as those of ADD. */
export interface Mul extends Omit<Add, 'kind' | 'mask'> {
  readonly kind: 'mul';
}

/**
 * Functions of one element. Each is a table of 256 entries once the two quantisations are known (quant `unaryTable`).
 * `requantize` is QUANTIZE between integer tensors: only scale and zero point (or uint8 to int8) change.
 */
export type UnaryFunction =
  | { readonly name: 'requantize' | 'relu' | 'relu6' | 'reluN1To1' | 'logistic' | 'hardSwish' }
  | { readonly name: 'leakyRelu'; readonly alpha: number };

/** RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU, LOGISTIC, HARD_SWISH and integer QUANTIZE: int8 or uint8 to int8, element by element. */
export interface Unary {
  readonly kind: 'unary';
  readonly name: string;
  readonly function: UnaryFunction;
  readonly input: TensorId;
  readonly output: TensorId;
}

/** QUANTIZE float32 to int8. Only at the inputs of an imported graph; the pass `stripFloatBoundary` removes it. */
export interface Quantize {
  readonly kind: 'quantize';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/** DEQUANTIZE int8 to float32. Only at the outputs of an imported graph; the pass `stripFloatBoundary` removes it. */
export interface Dequantize {
  readonly kind: 'dequantize';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/** SOFTMAX over the last dimension, int8 to int8 (scale 1/256, zero point -128). */
export interface Softmax {
  readonly kind: 'softmax';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly beta: number;
}

/** The shape of two operands stretched over each other; undefined where they do not suit. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: readonly number[]): readonly number[] => [
    ...Array.from({ length: rank - shape.length }, () => 1),
    ...shape,
  ];
  const [first, second] = [padded(a), padded(b)];
  const result = first.map((extent, axis) => (extent === 1 ? second[axis]! : extent));
  const suits = result.every(
    (extent, axis) =>
      (first[axis] === 1 || first[axis] === extent) && (second[axis] === 1 || second[axis] === extent),
  );
  return suits ? result : undefined;
}

function broadcastFaults(op: Add | Sub | Mul, graph: Graph): readonly string[] {
  const [a, b] = op.inputs.map((id) => tensorOf(graph, id).shape) as [readonly number[], readonly number[]];
  const output = tensorOf(graph, op.output).shape;
  return broadcastShape(a, b)?.join('x') === output.join('x')
    ? []
    : [`shapes ${a.join('x')} and ${b.join('x')} do not give ${output.join('x')}`];
}

export const addRule: OpRule<Add> = {
  inputs: (op) => op.inputs,
  outputs: (op) => present(op.output, op.mask),
  macs: () => 0,
  check: broadcastFaults,
};

const binaryRule: OpRule<Sub | Mul> = {
  inputs: (op) => op.inputs,
  outputs: (op) => [op.output],
  macs: () => 0,
  check: broadcastFaults,
};
export const subRule: OpRule<Sub> = binaryRule;
export const mulRule: OpRule<Mul> = binaryRule;

/** One operand, one result of the same shape, no parameters. */
const elementwiseRule: OpRule<Unary | Quantize | Dequantize | Softmax> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: (op, graph) =>
    elementCount(tensorOf(graph, op.input).shape) === elementCount(tensorOf(graph, op.output).shape)
      ? []
      : ['element counts differ'],
};
export const unaryRule: OpRule<Unary> = elementwiseRule;
export const quantizeRule: OpRule<Quantize> = elementwiseRule;
export const dequantizeRule: OpRule<Dequantize> = elementwiseRule;
export const softmaxRule: OpRule<Softmax> = elementwiseRule;
