import { elementCount, type SoftmaxCrossEntropy, tensorOf } from '#libs/model/ir';
import { bitLength, LOGARITHM_TABLE, POWER_TABLE } from '#libs/model/quant';
import type { PrepareForward } from '../machine';

const ONE = 32768;
/** Differences of logits from here on, in bits, give probability 0. */
const LARGEST_WHOLE_PART = 15;

/** A fraction of 16 bits split for the tables: 64 intervals of 1024. */
const intervalOf = (fraction: number): { readonly i: number; readonly r: number } => ({
  i: fraction >> 10,
  r: fraction & 1023,
});

/** N3: 32768 * 2^-d for d >= 0 with 16 fractional bits. */
function powerOf(difference: number): number {
  const whole = difference >>> 16;
  if (whole > LARGEST_WHOLE_PART) return 0;
  const { i, r } = intervalOf(difference & 0xffff);
  const left = POWER_TABLE[i] as number;
  const right = POWER_TABLE[i + 1] as number;
  return (left - (((left - right) * r + 512) >> 10)) >> whole;
}

/** N3: log2(sum / 32768) with 16 fractional bits; sum >= 1. */
function logarithmOf(sum: number): number {
  const bits = bitLength(sum) - 1;
  const fraction = (bits >= 16 ? sum >>> (bits - 16) : sum << (16 - bits)) & 0xffff;
  const { i, r } = intervalOf(fraction);
  const left = LOGARITHM_TABLE[i] as number;
  const right = LOGARITHM_TABLE[i + 1] as number;
  return (bits - 15) * 65536 + left + (((right - left) * r) >> 10);
}

/** N3: e_k = p_k - 1[k = label] in Q15, loss in 1/65536 bit. */
export const softmaxCrossEntropy: PrepareForward<SoftmaxCrossEntropy> = (op, { graph, memory }) => {
  const classes = elementCount(tensorOf(graph, op.logits).shape);
  const logits = memory.int32(op.logits);
  const label = memory.bytes(op.label);
  const error = memory.int32(op.error);
  const loss = memory.int32(op.loss);
  return () => {
    const target = label[0] as number;
    const largest = Math.max(...logits);
    const powers = Array.from({ length: classes }, (_, k) => powerOf(largest - (logits[k] as number)));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, k) => {
      error[k] = Math.floor((power * ONE + (sum >>> 1)) / sum) - (k === target ? ONE : 0);
    });
    loss[0] = largest - (logits[target] as number) + logarithmOf(sum);
  };
};
