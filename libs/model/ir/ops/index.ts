/** Every operator, and the one table that knows them all: a missing rule does not compile. */
import * as convolution from './convolution';
import * as elementwise from './elementwise';
import * as gradients from './gradients';
import * as movement from './movement';
import type { OpRule } from './op-rule';
import * as pooling from './pooling';
import * as training from './training';

export type InferenceOp =
  | convolution.Conv2d
  | convolution.DepthwiseConv2d
  | convolution.TransposeConv2d
  | convolution.FullyConnected
  | elementwise.Add
  | elementwise.Sub
  | elementwise.Mul
  | elementwise.Unary
  | elementwise.Quantize
  | elementwise.Dequantize
  | elementwise.Softmax
  | movement.Reshape
  | movement.Pad
  | movement.Concatenation
  | movement.StridedSlice
  | movement.Transpose
  | movement.ResizeNearest
  | pooling.AveragePool2d
  | pooling.MaxPool2d
  | pooling.Mean;
export type Op = InferenceOp | training.TrainingOp | gradients.RecorderOp | gradients.GradientOp;
export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>;

export const OP_RULES = {
  conv2d: convolution.conv2dRule,
  depthwiseConv2d: convolution.depthwiseConv2dRule,
  transposeConv2d: convolution.transposeConv2dRule,
  fullyConnected: convolution.fullyConnectedRule,
  add: elementwise.addRule,
  sub: elementwise.subRule,
  mul: elementwise.mulRule,
  unary: elementwise.unaryRule,
  quantize: elementwise.quantizeRule,
  dequantize: elementwise.dequantizeRule,
  softmax: elementwise.softmaxRule,
  reshape: movement.reshapeRule,
  pad: movement.padRule,
  concatenation: movement.concatenationRule,
  stridedSlice: movement.stridedSliceRule,
  transpose: movement.transposeRule,
  resizeNearest: movement.resizeNearestRule,
  averagePool2d: pooling.averagePool2dRule,
  maxPool2d: pooling.maxPool2dRule,
  mean: pooling.meanRule,
  saveInput: training.saveInputRule,
  head: training.headRule,
  softmaxCrossEntropy: training.softmaxCrossEntropyRule,
  headInputGradient: training.headInputGradientRule,
  headUpdate: training.headUpdateRule,
  copyGradient: training.copyGradientRule,
  scaleGradient: training.scaleGradientRule,
  biasUpdate: training.biasUpdateRule,
  inputGradient: training.inputGradientRule,
  weightUpdate: training.weightUpdateRule,
  recordClamp: gradients.recordClampRule,
  recordLookup: gradients.recordLookupRule,
  recordMaximum: gradients.recordMaximumRule,
  squaredError: gradients.squaredErrorRule,
  addGradient: gradients.addGradientRule,
  moveGradient: gradients.moveGradientRule,
  averagePoolGradient: gradients.averagePoolGradientRule,
  maxPoolGradient: gradients.maxPoolGradientRule,
  lookupGradient: gradients.lookupGradientRule,
  resizeGradient: gradients.resizeGradientRule,
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
  'squaredError',
  'addGradient',
  'moveGradient',
  'averagePoolGradient',
  'maxPoolGradient',
  'lookupGradient',
  'resizeGradient',
]);
export const isBackward = (op: Op): boolean => BACKWARD.has(op.kind);

/** What the forward half writes down for the backward half: nobody else reads it. */
const RECORDERS: ReadonlySet<OpKind> = new Set<OpKind>([
  'saveInput',
  'recordClamp',
  'recordLookup',
  'recordMaximum',
]);
export const isRecorder = (op: Op): boolean => RECORDERS.has(op.kind);

const WEIGHTLESS: ReadonlySet<OpKind> = new Set<OpKind>([
  ...RECORDERS,
  'squaredError',
  'addGradient',
  'moveGradient',
  'averagePoolGradient',
  'maxPoolGradient',
  'lookupGradient',
  'resizeGradient',
]);
/** The operators of gradients.ts: training without weights. */
export const isWeightlessTraining = (op: Op): boolean => WEIGHTLESS.has(op.kind);

/** Ends the forward half: the loss, with what the backward half begins from. */
export const isLoss = (op: Op): op is OpOf<'softmaxCrossEntropy' | 'squaredError'> =>
  op.kind === 'softmaxCrossEntropy' || op.kind === 'squaredError';

export type * from './convolution';
export type * from './elementwise';
export type * from './gradients';
export { broadcastShape } from './elementwise';
export type * from './movement';
export type * from './pooling';
export type * from './training';
export * from './geometry';
export type { OpRule } from './op-rule';
