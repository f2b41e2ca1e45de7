/** Every operator that a file may hold, and how it is read and written: a kind without a format does not compile. */
import type { InferenceOp, Op, OpOf } from '#libs/model/ir';
import { builtinOperatorName } from '../schema/builtin-operators';
import { add, mul, sub } from './binary';
import { concatenation } from './concatenation';
import { conv2d } from './conv-2d';
import { depthwiseConv2d } from './depthwise-conv-2d';
import { fullyConnected } from './fully-connected';
import { mean } from './mean';
import type { OperatorFormat } from './operator-format';
import { pad } from './pad';
import { averagePool2d, maxPool2d } from './pool-2d';
import { dequantize, quantize } from './quantize';
import { reshape } from './reshape';
import { resizeNearest } from './resize-nearest';
import { softmax } from './softmax';
import { stridedSlice } from './strided-slice';
import { transpose } from './transpose';
import { transposeConv2d } from './transpose-conv';
import { unary } from './unary';

const OPERATOR_FORMATS = {
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
} satisfies { readonly [K in InferenceOp['kind']]: OperatorFormat<OpOf<K>, InferenceOp> };

/** A format whose operator is known only at run time. */
export type AnyOperatorFormat = OperatorFormat<Op, InferenceOp>;

const FORMATS = Object.entries(OPERATOR_FORMATS) as unknown as readonly (readonly [
  string,
  AnyOperatorFormat,
])[];
const BY_KIND: ReadonlyMap<string, AnyOperatorFormat> = new Map(FORMATS);
const BY_BUILTIN: ReadonlyMap<number, AnyOperatorFormat> = new Map(
  FORMATS.flatMap(([, format]) => format.builtins.map((builtin) => [builtin, format] as const)),
);

/** The format behind a BuiltinOperator code, if it is supported. */
export const formatOfBuiltin = (builtin: number): AnyOperatorFormat | undefined => BY_BUILTIN.get(builtin);

/** The format of an operator of a graph; training operators have none. */
export const formatOf = (op: Op): AnyOperatorFormat | undefined => BY_KIND.get(op.kind);

/** The supported operators by their names in TensorFlow Lite. */
export const SUPPORTED_OPERATORS: readonly string[] = [...BY_BUILTIN.keys()]
  .map(builtinOperatorName)
  .toSorted();
