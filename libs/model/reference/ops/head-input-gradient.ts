import { elementCount, type HeadInputGradient, tensorOf } from '#libs/model/ir';
import { bitLength, roundingShiftRight, trainingConstants } from '#libs/model/quant';
import type { PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { hasBit } from './bits';

const HEAD_FRACTION_BITS = 4;

/**
 * N5: t_k = e_k * c_k, shortened to M bits; the gradient of feature j is sum_k W16[k][j] * h_k, shortened again and given
 * to every pixel of channel j that the clamp let through.
 */
export const headInputGradient: PrepareBackward<HeadInputGradient> = (
  op,
  { graph, memory, mantissaBits },
) => {
  const [classes = 0, channels = 0] = tensorOf(graph, op.weights).shape;
  const { mantissas: scale, exponents: scaleExponents } = trainingConstants(graph, op.layer).gradient;
  const scaleExponent = scaleExponents[0] ?? 0;
  const error = memory.int32(op.error);
  const weights = memory.int16(op.weights);
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const { mantissas, exponents } = memory.blockFloat(op.output);
  const pixels = mantissas.length / channels;
  // One number a channel stands for as many pixels as the mask has.
  const pixelsSeen = op.mask === undefined ? pixels : elementCount(tensorOf(graph, op.mask).shape) / channels;
  const excess = (magnitude: number): number => Math.max(0, bitLength(magnitude) - mantissaBits);

  const spread = (channel: number, value: number): boolean => {
    let alive = false;
    if (pixels < pixelsSeen) {
      for (let p = 0; p < pixelsSeen; p++)
        alive ||= value !== 0 && hasBit(mask as Uint8Array, p * channels + channel);
      mantissas[channel] = alive ? value : 0;
      return alive;
    }
    for (let p = 0; p < pixels; p++) {
      const passed = !mask || hasBit(mask, p * channels + channel) ? value : 0;
      mantissas[channel * pixels + p] = passed;
      alive ||= passed !== 0;
    }
    return alive;
  };

  return () => {
    const scaled = Array.from({ length: classes }, (_, k) => (error[k] as number) * (scale[k] as number));
    const shift = excess(Math.max(...scaled.map(Math.abs)));
    const h = scaled.map((value) => roundingShiftRight(value, shift));
    const exponent = scaleExponent - 30 + shift - HEAD_FRACTION_BITS;
    for (let j = 0; j < channels; j++) {
      const sum = h.reduce((total, value, k) => total + (weights[k * channels + j] as number) * value, 0);
      const own = excess(Math.abs(sum));
      exponents[j] = spread(j, roundingShiftRight(sum, own)) ? exponent + own : NONE;
    }
  };
};
