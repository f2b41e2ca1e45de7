import { tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import type { Activation, Padding } from './geometry';
import { type OpRule, present } from './op-rule';

/** ADD of two tensors of one shape, each with its own scale. `mask` as in Conv2d. */
export interface Add {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [TensorId, TensorId];
  readonly output: TensorId;
  readonly mask?: TensorId;
  readonly activation: Activation;
}

/** RESHAPE: the same bytes under another shape. */
export interface Reshape {
  readonly kind: 'reshape';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/** PAD with the zero point, height and width only. Folded into the consumer by a pass. */
export interface Pad {
  readonly kind: 'pad';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly padding: Padding;
}

/** SOFTMAX over the last dimension, int8 to int8 (scale 1/256, zero point -128). */
export interface Softmax {
  readonly kind: 'softmax';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly beta: number;
}

export const addRule: OpRule<Add> = {
  inputs: (op) => op.inputs,
  outputs: (op) => present(op.output, op.mask),
  macs: () => 0,
  check: (op, graph) => {
    const shapes = [...op.inputs, op.output].map((id) => tensorOf(graph, id).shape.join('x'));
    return new Set(shapes).size === 1 ? [] : [`shapes differ: ${shapes.join(', ')}`];
  },
};

export const reshapeRule: OpRule<Reshape> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  inPlace: (op) => ({ operand: op.input, output: op.output }),
  macs: () => 0,
  check: (op, graph) =>
    elementCount(tensorOf(graph, op.input).shape) === elementCount(tensorOf(graph, op.output).shape)
      ? []
      : ['element counts differ'],
};

export const padRule: OpRule<Pad> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: (op, graph) => {
    const [, height = 0, width = 0, channels] = tensorOf(graph, op.input).shape;
    const { top, bottom, left, right } = op.padding;
    const wanted = [1, height + top + bottom, width + left + right, channels].join('x');
    const given = tensorOf(graph, op.output).shape.join('x');
    return wanted === given ? [] : [`output is ${given}, padding gives ${wanted}`];
  },
};

export const softmaxRule: OpRule<Softmax> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: () => [],
};
