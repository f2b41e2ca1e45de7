/**
 * The operators that training adds beside those of layers (training.ts): what the forward half records for the backward half,
 * the gradients of operators without weights, and the loss of a network that has no classes. Numerics: quant/GRADIENTS.md,
 * whose clauses (G1, G2, ...) are named here.
 *
 * Gradients are those of *stored* integers: dL/dq for a tensor of real = scale * (q - zeroPoint). All operators here read and
 * write gradients of one exponent a channel.
 */
import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import { type OpRule, present } from './op-rule';

/** A factor mantissa * 2^(exponent - 15), |mantissa| <= 32768 (G1). */
export interface Ratio {
  readonly mantissa: number;
  readonly exponent: number;
}

/** G3: the clamp mask of an ADD (stretched), SUB or MUL, whose kernel keeps none: one bit an element of `of`, its output. */
export interface RecordClamp {
  readonly kind: 'recordClamp';
  readonly name: string;
  readonly inputs: readonly [TensorId, TensorId];
  /** The tensor whose clamp it is; its producer says how it is computed. */
  readonly of: TensorId;
  readonly output: TensorId;
}

/** G3: the clamp mask of RELU, RELU6, RELU_N1_TO_1 or QUANTIZE, from the operator's input. */
export interface RecordLookup {
  readonly kind: 'recordLookup';
  readonly name: string;
  readonly input: TensorId;
  readonly of: TensorId;
  readonly output: TensorId;
}

/** G7: which tap of its window each output of a MAX_POOL_2D took, uint8, the first of equal ones. */
export interface RecordMaximum {
  readonly kind: 'recordMaximum';
  readonly name: string;
  readonly input: TensorId;
  readonly of: TensorId;
  readonly output: TensorId;
}

/** G11: mean squared error of an int8 output; its gradient (blockFloat) and the loss int32 [1] in 1/16 of a squared step. */
export interface SquaredError {
  readonly kind: 'squaredError';
  readonly name: string;
  readonly prediction: TensorId;
  /** What should have come out, quantised as the prediction; absent: the label, one int8. */
  readonly target?: TensorId;
  readonly label: TensorId;
  /** Clamp mask of the prediction. */
  readonly mask?: TensorId;
  readonly gradient: TensorId;
  readonly loss: TensorId;
  /** 2 * scale^2 / elements. */
  readonly ratio: Ratio;
}

/** A gradient times a ratio, one of the terms of a sum. */
export interface GradientTerm {
  readonly gradient: TensorId;
  readonly ratio: Ratio;
}

/** G4: the sum of one or two gradients of one tensor, through that tensor's mask. */
export interface AddGradient {
  readonly kind: 'addGradient';
  readonly name: string;
  readonly terms: readonly GradientTerm[];
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/**
 * Where the elements of one channel of an operand meet those of the result: loops, the last one fastest, each of which moves
 * by a step in the operand's pixels, in the result (elements, row-major) and in the other factor (elements).
 */
export interface GradientWalk {
  readonly loops: readonly {
    readonly extent: number;
    readonly pixel: number;
    readonly result: number;
    readonly factor: number;
  }[];
  /** Where channel `channels.first` begins. */
  readonly start: { readonly pixel: number; readonly result: number; readonly factor: number };
  /** Channels first, first + step, ...: `count` of them; the others have no gradient. */
  readonly channels: {
    readonly first: number;
    readonly step: number;
    readonly count: number;
    readonly result: number;
    readonly factor: number;
  };
}

/**
 * G5: the gradient of an operand whose elements were moved, stretched, averaged or multiplied: every element gets the sum of
 * the result's gradients that the walk pairs it with, times the other factor (x - z) of a product, times a ratio.
 */
export interface MoveGradient {
  readonly kind: 'moveGradient';
  readonly name: string;
  readonly gradient: TensorId;
  readonly walk: GradientWalk;
  readonly factor?: TensorId;
  readonly ratio: Ratio;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** G6: the gradient of the input of an AVERAGE_POOL_2D. */
export interface AveragePoolGradient {
  readonly kind: 'averagePoolGradient';
  readonly name: string;
  readonly gradient: TensorId;
  /** The pool's output. */
  readonly of: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** G7: the gradient of the input of a MAX_POOL_2D. */
export interface MaxPoolGradient {
  readonly kind: 'maxPoolGradient';
  readonly name: string;
  readonly gradient: TensorId;
  readonly taps: TensorId;
  /** The pool's output. */
  readonly of: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** G8: the gradient of the input of a function of one element, by a table of its slopes. */
export interface LookupGradient {
  readonly kind: 'lookupGradient';
  readonly name: string;
  readonly gradient: TensorId;
  readonly input: TensorId;
  /** The function's output. */
  readonly of: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** G9: the gradient of the input of a RESIZE_NEAREST_NEIGHBOR. */
export interface ResizeGradient {
  readonly kind: 'resizeGradient';
  readonly name: string;
  readonly gradient: TensorId;
  /** The resized map. */
  readonly of: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

export type RecorderOp = RecordClamp | RecordLookup | RecordMaximum;
export type GradientOp =
  | SquaredError
  | AddGradient
  | MoveGradient
  | AveragePoolGradient
  | MaxPoolGradient
  | LookupGradient
  | ResizeGradient;

const NO_FAULTS = (): readonly string[] => [];

const countsOf = (graph: Graph, id: TensorId): number => elementCount(tensorOf(graph, id).shape);

const recorder = {
  macs: () => 0,
  check: (op: RecorderOp, graph: Graph): readonly string[] =>
    countsOf(graph, op.output) === countsOf(graph, op.of)
      ? []
      : ['what is recorded has another size than its tensor'],
};

export const recordClampRule: OpRule<RecordClamp> = {
  inputs: (op) => op.inputs,
  outputs: (op) => [op.output],
  ...recorder,
};

const lookedAt: OpRule<RecordLookup | RecordMaximum> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  ...recorder,
};
export const recordLookupRule: OpRule<RecordLookup> = lookedAt;
export const recordMaximumRule: OpRule<RecordMaximum> = lookedAt;

export const squaredErrorRule: OpRule<SquaredError> = {
  inputs: (op) => present(op.prediction, op.target, op.label, op.mask),
  outputs: (op) => [op.gradient, op.loss],
  macs: () => 0,
  check: (op, graph) =>
    countsOf(graph, op.target ?? op.label) === countsOf(graph, op.prediction)
      ? []
      : ['target and prediction differ in size'],
};

export const addGradientRule: OpRule<AddGradient> = {
  inputs: (op) => [...op.terms.map(({ gradient }) => gradient), ...present(op.mask)],
  outputs: (op) => [op.output],
  macs: (op, graph) => op.terms.length * countsOf(graph, op.output),
  check: (op, graph) =>
    op.terms.every(
      ({ gradient }) => tensorOf(graph, gradient).shape.join() === tensorOf(graph, op.output).shape.join(),
    ) &&
    op.terms.length >= 1 &&
    op.terms.length <= 2
      ? []
      : ['adds one or two gradients of its own shape'],
};

export const moveGradientRule: OpRule<MoveGradient> = {
  inputs: (op) => present(op.gradient, op.factor, op.mask),
  outputs: (op) => [op.output],
  macs: (op) =>
    op.factor === undefined
      ? 0
      : op.walk.loops.reduce((product, { extent }) => product * extent, op.walk.channels.count),
  check: NO_FAULTS,
};

export const averagePoolGradientRule: OpRule<AveragePoolGradient> = {
  inputs: (op) => present(op.gradient, op.mask),
  outputs: (op) => [op.output],
  macs: () => 0,
  check: NO_FAULTS,
};

export const maxPoolGradientRule: OpRule<MaxPoolGradient> = {
  inputs: (op) => present(op.gradient, op.taps, op.mask),
  outputs: (op) => [op.output],
  macs: () => 0,
  check: NO_FAULTS,
};

export const lookupGradientRule: OpRule<LookupGradient> = {
  inputs: (op) => present(op.gradient, op.input, op.mask),
  outputs: (op) => [op.output],
  macs: (op, graph) => countsOf(graph, op.output),
  check: NO_FAULTS,
};

export const resizeGradientRule: OpRule<ResizeGradient> = {
  inputs: (op) => present(op.gradient, op.mask),
  outputs: (op) => [op.output],
  macs: () => 0,
  check: NO_FAULTS,
};
