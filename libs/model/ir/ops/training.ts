/**
 * The operators of a training step, in the numerics of NUMERICS version 1. They exist only in graphs made by the
 * training passes; each is one C kernel. Backward operators stop the step when a gradient has no live channel
 * (N6.2: "none -> stop the backward"): everything after that operator in the graph is then not executed.
 *
 * `layer` is the layer id of N8: convolutions in graph order, the head last.
 */
import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import { type OpRule, present } from './op-rule';

/** Wide head (N2): int8 features [C] and int16 weights [K,C] (4 fractional bits) to logits int32 [K], log2 units, 16 fractional bits. */
export interface Head {
  readonly kind: 'head';
  readonly name: string;
  readonly layer: number;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias: TensorId;
  readonly output: TensorId;
}

/** Softmax and cross-entropy (N3): logits int32 [K], label uint8 [1] -> error e int32 [K] (Q15), loss int32 [1] (1/65536 bit). */
export interface SoftmaxCrossEntropy {
  readonly kind: 'softmaxCrossEntropy';
  readonly name: string;
  readonly logits: TensorId;
  readonly label: TensorId;
  readonly error: TensorId;
  readonly loss: TensorId;
}

/** N5: gradient [C,P] of the tensor that is globally averaged before the head, from e and the head weights before this step. */
export interface HeadInputGradient {
  readonly kind: 'headInputGradient';
  readonly name: string;
  readonly error: TensorId;
  readonly weights: TensorId;
  /** Clamp mask of the pooled tensor. */
  readonly mask: TensorId;
  readonly output: TensorId;
  /** The head operator's weights' origin: where the constants (c, k of N0) come from. */
  readonly layer: number;
}

/** N5: updates head weights and biases in place; runs even where the gradient died. */
export interface HeadUpdate {
  readonly kind: 'headUpdate';
  readonly name: string;
  readonly layer: number;
  readonly error: TensorId;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias: TensorId;
}

/** N6.1: keeps a copy of (g, E) for the other branch of an ADD. */
export interface CopyGradient {
  readonly kind: 'copyGradient';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/** N6.2: g (one exponent a channel) -> h (mantissas aligned to one exponent), in place, with c[o] of layer `layer`. `mask`: the conv's own clamp where an ADD follows. */
export interface ScaleGradient {
  readonly kind: 'scaleGradient';
  readonly name: string;
  readonly layer: number;
  readonly input: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** N6.3: bias update in place. */
export interface BiasUpdate {
  readonly kind: 'biasUpdate';
  readonly name: string;
  readonly layer: number;
  readonly gradient: TensorId;
  readonly bias: TensorId;
}

/**
 * N6.4: gradient of the layer's input, by transposed convolution with the weights before this step.
 * `mask` is the clamp mask of that input tensor; `skip` the gradient that an ADD passes to the same tensor.
 */
export interface InputGradient {
  readonly kind: 'inputGradient';
  readonly name: string;
  readonly layer: number;
  readonly gradient: TensorId;
  readonly weights: TensorId;
  readonly mask?: TensorId;
  readonly skip?: SkipGradient;
  readonly output: TensorId;
}

/** The kept gradient (g, E) of an ADD and the ADD's ratio of scales r = rc * 2^(rk-15) (N0). */
export interface SkipGradient {
  readonly gradient: TensorId;
  readonly ratioMantissa: number;
  readonly ratioExponent: number;
}

/** N6.5: weight gradient and stochastic int8 update in place; `input` is the layer's saved input. */
export interface WeightUpdate {
  readonly kind: 'weightUpdate';
  readonly name: string;
  readonly layer: number;
  readonly gradient: TensorId;
  readonly input: TensorId;
  readonly weights: TensorId;
}

export type TrainingOp =
  | Head
  | SoftmaxCrossEntropy
  | HeadInputGradient
  | HeadUpdate
  | CopyGradient
  | ScaleGradient
  | BiasUpdate
  | InputGradient
  | WeightUpdate;

const NO_FAULTS = (): readonly string[] => [];

export const headRule: OpRule<Head> = {
  inputs: (op) => [op.input, op.weights, op.bias],
  outputs: (op) => [op.output],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: (op, graph) =>
    tensorOf(graph, op.weights).shape[1] === elementCount(tensorOf(graph, op.input).shape)
      ? []
      : ['weights do not take the features'],
};

export const softmaxCrossEntropyRule: OpRule<SoftmaxCrossEntropy> = {
  inputs: (op) => [op.logits, op.label],
  outputs: (op) => [op.error, op.loss],
  macs: () => 0,
  check: NO_FAULTS,
};

export const headInputGradientRule: OpRule<HeadInputGradient> = {
  inputs: (op) => [op.error, op.weights, op.mask],
  outputs: (op) => [op.output],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: NO_FAULTS,
};

export const headUpdateRule: OpRule<HeadUpdate> = {
  inputs: (op) => [op.error, op.input, op.weights, op.bias],
  outputs: () => [],
  macs: (op, graph) => elementCount(tensorOf(graph, op.weights).shape),
  check: NO_FAULTS,
};

export const copyGradientRule: OpRule<CopyGradient> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: NO_FAULTS,
};

export const scaleGradientRule: OpRule<ScaleGradient> = {
  inputs: (op) => present(op.input, op.mask),
  outputs: (op) => [op.output],
  inPlace: (op) => ({ operand: op.input, output: op.output }),
  macs: () => 0,
  check: NO_FAULTS,
};

export const biasUpdateRule: OpRule<BiasUpdate> = {
  inputs: (op) => [op.gradient, op.bias],
  outputs: () => [],
  macs: () => 0,
  check: NO_FAULTS,
};

/** Every weight meets every output pixel once, in both directions. */
const gradientMacs = (op: InputGradient | WeightUpdate, graph: Graph): number =>
  (tensorOf(graph, op.gradient).shape[1] ?? 0) * elementCount(tensorOf(graph, op.weights).shape);

export const inputGradientRule: OpRule<InputGradient> = {
  inputs: (op) => present(op.gradient, op.weights, op.mask, op.skip?.gradient),
  outputs: (op) => [op.output],
  macs: gradientMacs,
  check: NO_FAULTS,
};

export const weightUpdateRule: OpRule<WeightUpdate> = {
  inputs: (op) => [op.gradient, op.input, op.weights],
  outputs: () => [],
  macs: gradientMacs,
  check: NO_FAULTS,
};
