/** One emitter an operator: a missing one does not compile. */
import type { Op, OpKind, OpOf } from '#libs/model/ir';
import { add } from './add';
import { averagePool2d } from './average-pool2d';
import { biasUpdate } from './bias-update';
import { conv2d } from './conv2d';
import { copyGradient } from './copy-gradient';
import { depthwiseConv2d } from './depthwise-conv2d';
import type { Emitter } from './emitter';
import { fullyConnected } from './fully-connected';
import { head } from './head';
import { headInputGradient } from './head-input-gradient';
import { headUpdate } from './head-update';
import { inputGradient } from './input-gradient';
import { pad } from './pad';
import { reshape } from './reshape';
import { scaleGradient } from './scale-gradient';
import { softmax } from './softmax';
import { softmaxCrossEntropy } from './softmax-cross-entropy';
import { weightUpdate } from './weight-update';

const EMITTERS = {
  conv2d,
  depthwiseConv2d,
  fullyConnected,
  add,
  averagePool2d,
  pad,
  reshape,
  softmax,
  head,
  softmaxCrossEntropy,
  headInputGradient,
  headUpdate,
  copyGradient,
  scaleGradient,
  biasUpdate,
  inputGradient,
  weightUpdate,
} satisfies { readonly [K in OpKind]: Emitter<OpOf<K>> };

/** The emitter of an operator whose kind is known only at run time. */
export const emitterOf = (op: Op): Emitter<Op> => EMITTERS[op.kind];
