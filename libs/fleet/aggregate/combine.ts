import { at } from '#libs/base/result';
import type { PartialValues } from './bands';
import { type AggregationRule, MIN_ROBUST_CONTRIBUTORS } from './policy';

/** The deltas of one tensor from one device, and what they count. */
export interface WeightedValues extends PartialValues {
  /** Items learned from. */
  readonly weight: number;
}

/** The rule that `count` contributors allow. */
export const ruleFor = (rule: AggregationRule, count: number): AggregationRule =>
  count < MIN_ROBUST_CONTRIBUTORS ? { kind: 'mean' } : rule;

/**
 * One change from several, per coordinate, as integers with `fractionBits` fractional bits, exact but for one rounding
 * (halves away from zero). The weights' sum is at most 2^30, magnitudes at most 2^23, fractionBits at most 16.
 */
export function combine(
  contributions: readonly WeightedValues[],
  rule: AggregationRule,
  fractionBits: number,
): Float64Array {
  const count = contributions[0]?.values.length ?? 0;
  if (rule.kind === 'mean') return weightedMean(contributions, count, fractionBits);
  const left =
    rule.kind === 'median'
      ? Math.floor((contributions.length - 1) / 2)
      : Math.floor(rule.trim * contributions.length);
  const kept = contributions.length - 2 * left;
  const column = new Int32Array(contributions.length);
  return Float64Array.from({ length: count }, (_, i) => {
    contributions.forEach(({ values }, device) => {
      column[device] = at(values, i);
    });
    column.sort();
    let sum = 0;
    for (let rank = left; rank < left + kept; rank++) sum += at(column, rank);
    return roundedQuotient(sum, kept, fractionBits);
  });
}

function weightedMean(
  contributions: readonly WeightedValues[],
  count: number,
  fractionBits: number,
): Float64Array {
  const sums = new Float64Array(count);
  let total = 0;
  for (const { weight, values } of contributions) {
    total += weight;
    for (let i = 0; i < count; i++) sums[i] = at(sums, i) + weight * at(values, i);
  }
  return sums.map((sum) => roundedQuotient(sum, total, fractionBits));
}

/**
 * sum / count * 2^fractionBits, rounded once, halves away from zero, without a sum beyond 2^53: the whole part is taken
 * out first. |sum| <= 2^53, 1 <= count <= 2^30, fractionBits <= 16.
 */
export function roundedQuotient(sum: number, count: number, fractionBits: number): number {
  const magnitude = Math.abs(sum);
  let whole = Math.floor(magnitude / count);
  let rest = magnitude - whole * count;
  // The quotient of two exact integers can be rounded up to the next whole number.
  if (rest < 0) {
    whole--;
    rest += count;
  }
  const one = 2 ** fractionBits;
  const rounded = whole * one + Math.floor((2 * rest * one + count) / (2 * count));
  return sum < 0 ? -rounded : rounded;
}
