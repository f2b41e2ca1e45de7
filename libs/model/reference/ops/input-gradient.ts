import { type InputGradient, type SkipGradient } from '#libs/model/ir';
import { bitLength, roundingShiftRight, saturatingShiftLeft } from '#libs/model/quant';
import type { Machine, PrepareBackward } from '../machine';
import { type BlockFloat, NONE } from '../memory';
import { hasBit } from './bits';
import { convolutionAt } from './layer-at';
import { transposedConvolution } from './transposed-convolution';

/** Looked up once, for the inner loop. */
const { abs, max } = Math;

const SKIP_LIMIT = 2 ** 30 - 1;

/** N6.4: what the skip branch adds to channel i, pixel p of a row of exponent `exponent`. */
type SkipTerm = (channel: number, pixel: number, exponent: number) => number;

function skipTerm(skip: SkipGradient | undefined, { memory }: Machine): SkipTerm {
  if (!skip) return () => 0;
  const { mantissas, exponents }: BlockFloat = memory.blockFloat(skip.gradient);
  const pixels = mantissas.length / exponents.length;
  return (channel, pixel, exponent) => {
    const own = exponents[channel] as number;
    if (own === NONE) return 0;
    const value = (mantissas[channel * pixels + pixel] as number) * skip.ratioMantissa;
    const shift = exponent - (own + skip.ratioExponent - 15);
    return shift >= 0 ? roundingShiftRight(value, shift) : saturatingShiftLeft(value, -shift, SKIP_LIMIT);
  };
}

/** N6.4: transposed convolution, plus the skip branch, through the clamp of the input, shortened to M bits a channel. */
export const inputGradient: PrepareBackward<InputGradient> = (op, machine) => {
  const { memory, graph, mantissaBits } = machine;
  const gradient = memory.blockFloat(op.gradient);
  const { mantissas, exponents } = memory.blockFloat(op.output);
  const channels = exponents.length;
  const pixels = mantissas.length / channels;
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const convolve = transposedConvolution(convolutionAt(graph, op.layer), machine);
  const skipOf = skipTerm(op.skip, machine);
  const row = new Float64Array(pixels);

  const fillRow = (sums: Float64Array, channel: number, exponent: number): number => {
    let largest = 0;
    for (let p = 0; p < pixels; p++) {
      const index = p * channels + channel;
      const passes = !mask || hasBit(mask, index);
      const value = passes ? (sums[index] as number) + skipOf(channel, p, exponent) : 0;
      row[p] = value;
      largest = max(largest, abs(value));
    }
    return largest;
  };

  return () => {
    const sums = convolve(gradient);
    const exponent = gradient.exponents[0] as number;
    for (let i = 0; i < channels; i++) {
      const largest = fillRow(sums, i, exponent);
      const shift = Math.max(0, bitLength(largest) - mantissaBits);
      for (let p = 0; p < pixels; p++)
        mantissas[i * pixels + p] = roundingShiftRight(row[p] as number, shift);
      exponents[i] = largest === 0 ? NONE : exponent + shift;
    }
    return 'continue';
  };
};
