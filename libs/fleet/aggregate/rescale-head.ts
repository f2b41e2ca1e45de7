import { at } from '#libs/base/result';
import type { TensorId } from '#libs/model/ir';
import { saturate } from '#libs/model/quant';
import type { Master, MasterParameter } from './master';
import { limitOf, type Parameter, stepOf } from './parameters';

/** Head weights and bias in new scales: what changed of the master, and the scales of the two tensors. */
export interface RescaledHead {
  readonly parameters: ReadonlyMap<string, MasterParameter>;
  readonly scales: ReadonlyMap<TensorId, readonly number[]>;
}

/** Each class (or the whole head, if it has one scale) whose weights changed gets the scale at which its largest is 127. */
export function rescaledHead(parameters: readonly Parameter[], before: Master, after: Master): RescaledHead {
  const index = parameters.findIndex(({ kind }) => kind === 'head');
  const weights = parameters[index];
  const scales = weights?.tensor.quantization?.scales ?? [];
  if (!weights || scales.length === 0) return { parameters: new Map(), scales: new Map() };
  const [old, moved] = [at(before.parameters, index).values, at(after.parameters, index).values];
  const ratios = scales.map((scale, group) =>
    ratioOf(scale, groupOf(old, group, scales), groupOf(moved, group, scales)),
  );
  if (ratios.every(({ ratio }) => ratio === 1)) return { parameters: new Map(), scales: new Map() };
  const newScales = ratios.map(({ scale }) => scale);
  const named = [at(after.parameters, index)];
  const tensors: [TensorId, readonly number[]][] = [[weights.tensor.id, newScales]];
  const bias = weights.head?.bias;
  const biasIndex = parameters.findIndex(({ tensor }) => tensor === bias);
  if (bias && biasIndex >= 0) {
    named.push(at(after.parameters, biasIndex));
    tensors.push([bias.id, biasScales(bias.quantization?.scales ?? [], scales, newScales)]);
  }
  const rescaled = named.map((one) =>
    rescaledParameter(
      one,
      ratios.map(({ ratio }) => ratio),
    ),
  );
  return { parameters: new Map(rescaled.map((one) => [one.name, one])), scales: new Map(tensors) };
}

/** The values of one scale: a class's, or all. Both weights ([K,C]) and biases ([K]) stand class by class. */
const groupOf = (values: Int32Array, group: number, scales: readonly number[]): Int32Array => {
  const size = values.length / scales.length;
  return values.subarray(group * size, (group + 1) * size);
};

interface Rescaling {
  readonly scale: number;
  /** Old scale in units of the new one: 1 where nothing changed. */
  readonly ratio: number;
}

function ratioOf(scale: number, old: Int32Array, moved: Int32Array): Rescaling {
  const largest = moved.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || moved.every((value, i) => value === old[i])) return { scale, ratio: 1 };
  const newScale = Math.fround((scale * largest) / (127 * stepOf('head')));
  return { scale: newScale, ratio: scale / newScale };
}

/** Every value times its class's ratio, rounded halves away from zero. */
function rescaledParameter(
  { name, kind, values }: MasterParameter,
  ratios: readonly number[],
): MasterParameter {
  const size = values.length / ratios.length;
  const limit = kind === 'head' ? 127 * stepOf(kind) : limitOf(kind);
  const rescale = (value: number, i: number): number => {
    const ratio = at(ratios, Math.floor(i / size));
    return ratio === 1 ? value : saturate(Math.sign(value) * Math.round(Math.abs(value) * ratio), limit);
  };
  return { name, kind, values: values.map(rescale) };
}

/** A bias's scale is input scale times weight scale: it changes as the weight's. (One scale for a per-class head says nothing.) */
const biasScales = (
  own: readonly number[],
  old: readonly number[],
  fresh: readonly number[],
): readonly number[] =>
  own.length === old.length ? own.map((scale, i) => Math.fround(scale * (at(fresh, i) / at(old, i)))) : own;
