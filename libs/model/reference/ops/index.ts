/** Every operator's oracle, in one table: a missing one does not compile. */
import type { Op, OpKind, OpOf } from '#libs/model/ir';
import type { BackwardKernel, ForwardKernel, Machine, PrepareBackward, PrepareForward } from '../machine';
import { add, sub } from './add';
import { averagePool2d } from './average-pool2d';
import { biasUpdate } from './bias-update';
import { concatenation } from './concatenation';
import { conv2d } from './conv2d';
import { copyGradient } from './copy-gradient';
import { depthwiseConv2d } from './depthwise-conv2d';
import { dequantize, quantize } from './float-boundary';
import { fullyConnected } from './fully-connected';
import { head } from './head';
import { headInputGradient } from './head-input-gradient';
import { headUpdate } from './head-update';
import { inputGradient } from './input-gradient';
import { maxPool2d } from './max-pool2d';
import { mean } from './mean';
import { mul } from './mul';
import { pad } from './pad';
import { reshape } from './reshape';
import { resizeNearest } from './resize-nearest';
import { scaleGradient } from './scale-gradient';
import { softmax } from './softmax';
import { softmaxCrossEntropy } from './softmax-cross-entropy';
import { stridedSlice, transpose } from './strided-copy';
import { transposeConv2d } from './transpose-conv2d';
import { unary } from './unary';
import { weightUpdate } from './weight-update';

const FORWARD = {
  conv2d,
  depthwiseConv2d,
  transposeConv2d,
  fullyConnected,
  add,
  sub,
  mul,
  unary,
  quantize,
  dequantize,
  softmax,
  reshape,
  pad,
  concatenation,
  stridedSlice,
  transpose,
  resizeNearest,
  averagePool2d,
  maxPool2d,
  mean,
  head,
  softmaxCrossEntropy,
};
const BACKWARD = {
  headInputGradient,
  headUpdate,
  copyGradient,
  scaleGradient,
  biasUpdate,
  inputGradient,
  weightUpdate,
};

type ForwardKind = keyof typeof FORWARD;
type BackwardKind = Exclude<OpKind, ForwardKind>;

FORWARD satisfies { readonly [K in ForwardKind]: PrepareForward<OpOf<K>> };
BACKWARD satisfies { readonly [K in BackwardKind]: PrepareBackward<OpOf<K>> };

type ForwardOp = OpOf<ForwardKind>;
type BackwardOp = OpOf<BackwardKind>;

/** Operators that need no step: the forward half and the loss. */
export const isForward = (op: Op): op is ForwardOp => op.kind in FORWARD;

export const prepareForward = (op: ForwardOp, machine: Machine): ForwardKernel =>
  (FORWARD[op.kind] as PrepareForward<ForwardOp>)(op, machine);

export const prepareBackward = (op: BackwardOp, machine: Machine): BackwardKernel =>
  (BACKWARD[op.kind] as PrepareBackward<BackwardOp>)(op, machine);
