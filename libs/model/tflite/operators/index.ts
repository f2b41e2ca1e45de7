/** Every operator that a file may hold, and how it is read and written: a missing format does not compile. */
import type { InferenceOp, Op, OpOf } from '#libs/model/ir';
import { builtinOperatorName } from '../schema/builtin-operators';
import { add } from './add';
import { averagePool2d } from './average-pool-2d';
import { conv2d } from './conv-2d';
import { depthwiseConv2d } from './depthwise-conv-2d';
import { fullyConnected } from './fully-connected';
import type { OperatorFormat } from './operator-format';
import { pad } from './pad';
import { reshape } from './reshape';
import { softmax } from './softmax';

const OPERATOR_FORMATS = {
  conv2d,
  depthwiseConv2d,
  fullyConnected,
  add,
  averagePool2d,
  pad,
  reshape,
  softmax,
} satisfies { readonly [K in InferenceOp['kind']]: OperatorFormat<OpOf<K>> };

/** A format whose operator is known only at run time. */
export type AnyOperatorFormat = OperatorFormat<Op>;

const FORMATS = Object.entries(OPERATOR_FORMATS) as unknown as readonly (readonly [
  string,
  AnyOperatorFormat,
])[];
const BY_KIND: ReadonlyMap<string, AnyOperatorFormat> = new Map(FORMATS);
const BY_BUILTIN: ReadonlyMap<number, AnyOperatorFormat> = new Map(
  FORMATS.map(([, format]) => [format.builtin, format]),
);

/** The format behind a BuiltinOperator code, if it is supported. */
export const formatOfBuiltin = (builtin: number): AnyOperatorFormat | undefined => BY_BUILTIN.get(builtin);

/** The format of an operator of a graph; training operators have none. */
export const formatOf = (op: Op): AnyOperatorFormat | undefined => BY_KIND.get(op.kind);

/** The supported operators by their names in TensorFlow Lite. */
export const SUPPORTED_OPERATORS: readonly string[] = FORMATS.map(([, format]) =>
  builtinOperatorName(format.builtin),
);
