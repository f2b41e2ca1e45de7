/** One emitter an operator: a missing one does not compile. */
import type { Op, OpKind, OpOf } from '#libs/model/ir';
import { add, sub } from './add';
import { biasUpdate } from './bias-update';
import { conv2d } from './conv2d';
import { copyGradient } from './copy-gradient';
import { depthwiseConv2d } from './depthwise-conv2d';
import type { Emitter } from './emitter';
import { dequantize, quantize } from './float-boundary';
import { fullyConnected } from './fully-connected';
import { head } from './head';
import { headInputGradient } from './head-input-gradient';
import { headUpdate } from './head-update';
import { inputGradient } from './input-gradient';
import { mean } from './mean';
import { concatenation, pad, stridedSlice, transpose } from './movement';
import { mul } from './mul';
import {
  addGradient,
  averagePoolGradient,
  lookupGradient,
  maxPoolGradient,
  moveGradient,
  resizeGradient,
} from './passing-gradients';
import { averagePool2d, maxPool2d } from './pools';
import { recordClamp, recordLookup, recordMaximum } from './recorders';
import { reshape } from './reshape';
import { resizeNearest } from './resize-nearest';
import { saveInput } from './save-input';
import { scaleGradient } from './scale-gradient';
import { softmax } from './softmax';
import { softmaxCrossEntropy } from './softmax-cross-entropy';
import { squaredError } from './squared-error';
import { transposeConv2d } from './transpose-conv2d';
import { unary } from './unary';
import { weightUpdate } from './weight-update';

const EMITTERS = {
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
  headInputGradient,
  headUpdate,
  copyGradient,
  scaleGradient,
  biasUpdate,
  inputGradient,
  weightUpdate,
  recordClamp,
  recordLookup,
  recordMaximum,
  squaredError,
  addGradient,
  moveGradient,
  averagePoolGradient,
  maxPoolGradient,
  lookupGradient,
  resizeGradient,
} satisfies { readonly [K in OpKind]: Emitter<OpOf<K>> };

/** The emitter of an operator whose kind is known only at run time. */
export const emitterOf = (op: Op): Emitter<Op> => EMITTERS[op.kind];
