import { type ScaleGradient } from '#libs/model/ir';
import { roundingShiftRight, trainingConstants } from '#libs/model/quant';
import type { PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { hasBit } from './bits';

/**
 * N6.2: h[o,p] = rsh(g[o,p] * c[o], 15 + em - E[o]), em the largest exponent: one exponent em + k_l for all channels,
 * written to each. A gradient without a live channel stops the step.
 */
export const scaleGradient: PrepareBackward<ScaleGradient> = (op, { graph, memory }) => {
  const { mantissas: scale, exponent: scaleExponent } = trainingConstants(graph, op.layer).gradient;
  const input = memory.blockFloat(op.input);
  const output = memory.blockFloat(op.output);
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const channels = input.exponents.length;
  const pixels = input.mantissas.length / channels;

  const scaleChannel = (o: number, largest: number): void => {
    const own = input.exponents[o] as number;
    const factor = own === NONE ? 0 : (scale[o] as number);
    for (let p = 0; p < pixels; p++) {
      const index = o * pixels + p;
      const passes = !mask || hasBit(mask, p * channels + o);
      const product = (input.mantissas[index] as number) * factor;
      output.mantissas[index] = passes ? roundingShiftRight(product, 15 + largest - own) : 0;
    }
  };

  return () => {
    const largest = Math.max(...input.exponents);
    if (largest === NONE) return 'stop';
    for (let o = 0; o < channels; o++) scaleChannel(o, largest);
    output.exponents.fill(largest + scaleExponent);
    return 'continue';
  };
};
