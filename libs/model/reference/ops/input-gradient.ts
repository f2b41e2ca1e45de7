import { type InputGradient, type SkipGradient } from '#libs/model/ir';
import { bitLength, roundingShiftRight, saturatingShiftLeft } from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { Machine, PrepareBackward } from '../machine';
import { type BlockFloat, NONE } from '../memory';
import { hasBit } from './bits';
import { convolutionAt } from './layer-at';
import { runningConvolution } from './running-convolution';
import { transposedConvolution } from './transposed-convolution';
import { viewedGradient } from './viewed-gradient';

/** Looked up once, for the inner loop. */
const { abs, max } = Math;

const SKIP_LIMIT = 2 ** 30 - 1;

/** N6.4: the skip branch of a channel, as it is added to a row. */
interface SkipRow {
  /** The row's exponent: where it has none, the skip branch's. */
  readonly exponent: number;
  at(pixel: number): number;
}

type SkipRows = (channel: number, exponent: number) => SkipRow;

function skipRows(skip: SkipGradient | undefined, { memory }: Machine): SkipRows {
  if (!skip) return (_, exponent) => ({ exponent, at: () => 0 });
  const { mantissas, exponents }: BlockFloat = memory.blockFloat(skip.gradient);
  const pixels = mantissas.length / exponents.length;
  return (channel, exponent) => {
    const own = exponents[channel] as number;
    if (own === NONE) return { exponent, at: () => 0 };
    const common = own + skip.ratioExponent - 15;
    const shift = exponent === NONE ? 0 : exponent - common;
    const at = (pixel: number): number => {
      const value = (mantissas[channel * pixels + pixel] as number) * skip.ratioMantissa;
      return shift >= 0 ? roundingShiftRight(value, shift) : saturatingShiftLeft(value, -shift, SKIP_LIMIT);
    };
    return { exponent: common + shift, at };
  };
}

/** The sums of N6.4, pixel-major [P_in, C_in], and the exponent of each channel's. */
interface Sums {
  readonly values: Float64Array;
  exponentOf(channel: number): number;
}

function summing(op: InputGradient, machine: Machine): (gradient: BlockFloat) => Sums {
  const layer = convolutionAt(machine.graph, op.layer);
  if (op.accumulation === 'running') {
    invariant(layer.kind === 'conv2d', `${op.name} sums over the channels of a depthwise layer`);
    const convolve = runningConvolution(layer, machine);
    return (gradient) => {
      const { sums, exponent } = convolve(gradient);
      return { values: sums, exponentOf: () => exponent };
    };
  }
  const convolve = transposedConvolution(layer, machine);
  const channelOf = (i: number): number => (layer.kind === 'conv2d' ? 0 : i * layer.multiplier);
  return (gradient) => ({
    values: convolve(gradient),
    exponentOf: (i) => gradient.exponents[channelOf(i)] as number,
  });
}

/** N6.4: transposed convolution, plus the skip branch, through the clamp of the input, shortened to M bits a channel. */
export const inputGradient: PrepareBackward<InputGradient> = (op, machine) => {
  const { memory, mantissaBits } = machine;
  const gradientSeen = viewedGradient(op, machine);
  const { mantissas, exponents } = memory.blockFloat(op.output);
  const channels = exponents.length;
  const pixels = mantissas.length / channels;
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const sumsOf = summing(op, machine);
  const skipOf = skipRows(op.skip, machine);
  const row = new Float64Array(pixels);

  const fillRow = (values: Float64Array, channel: number, skip: SkipRow): number => {
    let largest = 0;
    for (let p = 0; p < pixels; p++) {
      const index = p * channels + channel;
      const passes = !mask || hasBit(mask, index);
      const value = passes ? (values[index] as number) + skip.at(p) : 0;
      row[p] = value;
      largest = max(largest, abs(value));
    }
    return largest;
  };

  return () => {
    const sums = sumsOf(gradientSeen());
    for (let i = 0; i < channels; i++) {
      const skip = skipOf(i, sums.exponentOf(i));
      const largest = fillRow(sums.values, i, skip);
      const shift = max(0, bitLength(largest) - mantissaBits);
      for (let p = 0; p < pixels; p++)
        mantissas[i * pixels + p] = roundingShiftRight(row[p] as number, shift);
      exponents[i] = largest === 0 ? NONE : skip.exponent + shift;
    }
  };
};
