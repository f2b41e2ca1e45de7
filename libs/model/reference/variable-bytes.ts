import {
  elementCount,
  type Graph,
  sliceOf,
  type TensorId,
  type Variable,
  type VariableKind,
  wholeIndex,
} from '#libs/model/ir';
import { canonicalOrder, saturate, storedBiases, storedWeights, trainingConstants } from '#libs/model/quant';
import { ByteWriter } from '#libs/base/bytes';
import type { Machine } from './machine';

/** Integers of every variable, in storage order. */
export type Snapshot = ReadonlyMap<TensorId, readonly number[]>;

/** N1: the ranges of what trains, in units of the copy; a start value beyond them is saturated. */
const LIMITS: Readonly<Record<VariableKind, number>> = { weights: 127, head: 8191, bias: 2 ** 30 };

const valuesOf = (machine: Machine, { tensor }: Variable): Int8Array | Int16Array | Int32Array => {
  if (tensor.type === 'int8') return machine.memory.int8(tensor.id);
  return tensor.type === 'int16' ? machine.memory.int16(tensor.id) : machine.memory.int32(tensor.id);
};

/** The constant behind a copy, element by element in the copy's storage order. */
function storedValues(graph: Graph, { tensor, kind }: Variable): readonly number[] {
  if (kind === 'bias') return [...storedBiases(graph, tensor.id)];
  const stored = storedWeights(graph, tensor.id);
  const slice = sliceOf(graph, tensor);
  return Array.from({ length: elementCount(tensor.shape) }, (_, i) => stored[wholeIndex(slice, i)] as number);
}

/** N1: a frozen channel's bias is held whole, whatever it is; the head holds all its biases with their fraction. */
function wholeChannels(graph: Graph, { kind, op, layer }: Variable): Uint8Array | undefined {
  return kind === 'bias' && op.kind !== 'head' ? trainingConstants(graph, layer).frozen : undefined;
}

/** N1. */
export function storeStartValue(machine: Machine, variable: Variable): void {
  const whole = wholeChannels(machine.graph, variable);
  const one = 2 ** (variable.tensor.fractionBits ?? 0);
  const limit = LIMITS[variable.kind];
  const values = valuesOf(machine, variable);
  storedValues(machine.graph, variable).forEach((stored, i) => {
    values[i] = whole?.[i] === 1 ? stored : saturate(stored * one, limit);
  });
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

/** N13: values that came to the end of their range. */
export function saturatedCounts(machine: Machine, variables: readonly Variable[], base: Snapshot) {
  const of = (kind: VariableKind): number =>
    variables
      .filter((variable) => variable.kind === kind)
      .reduce((sum, variable) => sum + atTheirEnd(machine, variable, base), 0);
  return { weights: of('weights'), headWeights: of('head'), biases: of('bias') };
}

function atTheirEnd(machine: Machine, variable: Variable, base: Snapshot): number {
  const start = base.get(variable.tensor.id) ?? [];
  const limit = LIMITS[variable.kind];
  return [...valuesOf(machine, variable)].filter(
    (value, i) => Math.abs(value) === limit && value !== start[i],
  ).length;
}
