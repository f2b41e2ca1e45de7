import { type Softmax, tensorOf } from '#libs/model/ir';
import {
  exponentialOfNegative,
  fixedPointProduct,
  multiplyByQuantizedMultiplier,
  reciprocal,
  roundingDivideByPowerOfTwo,
  SOFTMAX_DIFFERENCE_BITS,
  softmaxConstants,
} from '#libs/model/quant';
import type { PrepareForward } from '../machine';

const OUTPUT_MIN = -128;
const OUTPUT_MAX = 127;
/** Integer bits of the accumulated exponentials: rows of up to 4096 classes. */
const ACCUMULATION_BITS = 12;
/** A Q0.31 product becomes int8: 31 - 8 bits. */
const OUTPUT_SHIFT = 23;

/** SOFTMAX int8 to int8 as TensorFlow Lite Micro's reference kernel: gemmlowp fixed point, no floating point. */
export const softmax: PrepareForward<Softmax> = (op, { graph, memory }) => {
  const { multiplier, shift, smallestDifference } = softmaxConstants(graph, op);
  const classes = tensorOf(graph, op.input).shape.at(-1) ?? 0;
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);

  /** e^(difference * scale) as Q0.31; 0 below the smallest difference. */
  const exponential = (difference: number): number =>
    difference < smallestDifference
      ? 0
      : exponentialOfNegative(
          multiplyByQuantizedMultiplier(difference, multiplier, shift),
          SOFTMAX_DIFFERENCE_BITS,
        );

  const writeRow = (row: Int8Array, target: Int8Array): void => {
    const largest = Math.max(...row);
    const exponentials = Array.from(row, (x) => exponential(x - largest));
    const sum = exponentials.reduce(
      (total, e) => total + roundingDivideByPowerOfTwo(e, ACCUMULATION_BITS),
      0,
    );
    const { mantissa, bitsOverUnit } = reciprocal(sum, ACCUMULATION_BITS);
    exponentials.forEach((e, k) => {
      const scaled = roundingDivideByPowerOfTwo(fixedPointProduct(mantissa, e), bitsOverUnit + OUTPUT_SHIFT);
      target[k] = Math.min(scaled + OUTPUT_MIN, OUTPUT_MAX);
    });
  };

  return () => {
    for (let from = 0; from < input.length; from += classes) {
      writeRow(input.subarray(from, from + classes), output.subarray(from, from + classes));
    }
  };
};
