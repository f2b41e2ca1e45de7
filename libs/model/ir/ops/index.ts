/** Every operator, and the one table that knows them all: a missing rule does not compile. */
import {
  type Conv2d,
  conv2dRule,
  type DepthwiseConv2d,
  depthwiseConv2dRule,
  type FullyConnected,
  fullyConnectedRule,
} from './convolution';
import {
  type Add,
  addRule,
  type Pad,
  padRule,
  type Reshape,
  reshapeRule,
  type Softmax,
  softmaxRule,
} from './elementwise';
import type { OpRule } from './op-rule';
import { type AveragePool2d, averagePool2dRule } from './pooling';
import * as training from './training';

export type InferenceOp =
  Conv2d | DepthwiseConv2d | FullyConnected | Add | AveragePool2d | Pad | Reshape | Softmax;
export type Op = InferenceOp | training.TrainingOp;
export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>;

export const OP_RULES = {
  conv2d: conv2dRule,
  depthwiseConv2d: depthwiseConv2dRule,
  fullyConnected: fullyConnectedRule,
  add: addRule,
  averagePool2d: averagePool2dRule,
  pad: padRule,
  reshape: reshapeRule,
  softmax: softmaxRule,
  head: training.headRule,
  softmaxCrossEntropy: training.softmaxCrossEntropyRule,
  headInputGradient: training.headInputGradientRule,
  headUpdate: training.headUpdateRule,
  copyGradient: training.copyGradientRule,
  scaleGradient: training.scaleGradientRule,
  biasUpdate: training.biasUpdateRule,
  inputGradient: training.inputGradientRule,
  weightUpdate: training.weightUpdateRule,
} satisfies { readonly [K in OpKind]: OpRule<OpOf<K>> };

/** The rule of an operator whose kind is known only at run time. */
export const ruleOf = (op: Op): OpRule<Op> => OP_RULES[op.kind];

/** Operators of the backward half of a step: from the loss on. */
const BACKWARD: ReadonlySet<OpKind> = new Set<OpKind>([
  'softmaxCrossEntropy',
  'headInputGradient',
  'headUpdate',
  'copyGradient',
  'scaleGradient',
  'biasUpdate',
  'inputGradient',
  'weightUpdate',
]);
export const isBackward = (op: Op): boolean => BACKWARD.has(op.kind);

export type * from './convolution';
export type * from './elementwise';
export type * from './pooling';
export type * from './training';
export * from './geometry';
export type { OpRule } from './op-rule';
