import { sliceOf, type TensorId, type Variable, wholeIndex } from '#libs/model/ir';
import { canonicalOrder, saturate, storedBiases, storedWeights } from '#libs/model/quant';
import { ByteWriter } from '#libs/base/bytes';
import type { Machine } from './machine';

/** Integers of every variable, in storage order. */
export type Snapshot = ReadonlyMap<TensorId, readonly number[]>;

/** N1: biases stay within +-2^30. */
const BIAS_LIMIT = 2 ** 30;

const valuesOf = (machine: Machine, { tensor }: Variable): Int8Array | Int16Array | Int32Array => {
  if (tensor.type === 'int8') return machine.memory.int8(tensor.id);
  return tensor.type === 'int16' ? machine.memory.int16(tensor.id) : machine.memory.int32(tensor.id);
};

/** N1: weights as they are (of the trained channels), head weights times 16, biases times 256. */
export function storeStartValue(machine: Machine, variable: Variable): void {
  const { tensor, kind } = variable;
  const stored =
    kind === 'bias' ? storedBiases(machine.graph, tensor.id) : storedWeights(machine.graph, tensor.id);
  const one = 2 ** (tensor.fractionBits ?? 0);
  const slice = sliceOf(machine.graph, tensor);
  const values = valuesOf(machine, variable);
  for (let i = 0; i < values.length; i++) {
    const value = (stored[wholeIndex(slice, i)] as number) * one;
    values[i] = kind === 'bias' ? saturate(value, BIAS_LIMIT) : value;
  }
}

export const snapshotOf = (machine: Machine, variables: readonly Variable[]): Snapshot =>
  new Map(variables.map((variable) => [variable.tensor.id, [...valuesOf(machine, variable)]]));

/** Integers of a variable in canonical order (N1), of those that it holds; biases have but one order. */
function canonicalValues(variable: Variable, values: ArrayLike<number>): readonly number[] {
  if (variable.kind === 'bias') return Array.from(values);
  const order = canonicalOrder(variable.op.kind, variable.tensor.shape);
  const canonical = Array.from<number>({ length: values.length }).fill(0);
  order.forEach((to, from) => {
    canonical[to] = values[from] as number;
  });
  return canonical;
}

export function canonicalBytes(machine: Machine, variables: readonly Variable[]): Uint8Array {
  const writer = new ByteWriter();
  for (const variable of variables) {
    for (const value of canonicalValues(variable, valuesOf(machine, variable))) {
      if (variable.kind === 'weights') writer.i8(value);
      else if (variable.kind === 'head') writer.i16(value);
      else writer.i32(value);
    }
  }
  return writer.finish();
}

const roundedBias = (value: number): number => (value + 128) >> 8;

/** N12: weights new - base, head in 1/16 LSB, biases rounded to whole LSB before the difference is taken. */
export function deltaBytes(machine: Machine, variables: readonly Variable[], base: Snapshot): Uint8Array {
  const writer = new ByteWriter();
  for (const variable of variables) {
    const before = canonicalValues(variable, base.get(variable.tensor.id) ?? []);
    const after = canonicalValues(variable, valuesOf(machine, variable));
    after.forEach((value, i) => {
      const old = before[i] as number;
      if (variable.kind === 'bias') writer.i32(roundedBias(value) - roundedBias(old));
      else writer.i16(value - old);
    });
  }
  return writer.finish();
}
