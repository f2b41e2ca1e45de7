/** Every operator's oracle, in one table: a missing one does not compile. */
import type { Op, OpKind, OpOf } from '#libs/model/ir';
import type { BackwardKernel, ForwardKernel, Machine, PrepareBackward, PrepareForward } from '../machine';
import { add, sub } from './add';
import { addGradient } from './add-gradient';
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
import { lookupGradient } from './lookup-gradient';
import { maxPool2d } from './max-pool2d';
import { mean } from './mean';
import { moveGradient } from './move-gradient';
import { mul } from './mul';
import { pad } from './pad';
import { averagePoolGradient, maxPoolGradient } from './pool-gradient';
import { recordClamp, recordLookup } from './record-clamp';
import { recordMaximum } from './record-maximum';
import { reshape } from './reshape';
import { resizeGradient } from './resize-gradient';
import { resizeNearest } from './resize-nearest';
import { saveInput } from './save-input';
import { scaleGradient } from './scale-gradient';
import { softmax } from './softmax';
import { softmaxCrossEntropy } from './softmax-cross-entropy';
import { squaredError } from './squared-error';
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
  saveInput,
  softmaxCrossEntropy,
  recordClamp,
  recordLookup,
  recordMaximum,
  squaredError,
};
const BACKWARD = {
  headInputGradient,
  headUpdate,
  copyGradient,
  scaleGradient,
  biasUpdate,
  inputGradient,
  weightUpdate,
  addGradient,
  moveGradient,
  averagePoolGradient,
  maxPoolGradient,
  lookupGradient,
  resizeGradient,
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
