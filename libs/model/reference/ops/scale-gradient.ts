import { type ScaleGradient } from '#libs/model/ir';
import { roundingShiftRight, trainingConstants } from '#libs/model/quant';
import type { Machine, PrepareBackward } from '../machine';
import { type BlockFloat, NONE } from '../memory';
import { hasBit } from './bits';

/**
 * N6.2: h[o,p] = rsh(g[o,p] * c[o], 15 + E_h[o] - (E[o] + k[o])). A channel's own E_h is E[o] + k[o], the shared one the largest
 * of those. A channel without exponent and a frozen one take no part: own, they have no exponent; shared, zeros.
 */
export const scaleGradient: PrepareBackward<ScaleGradient> = (op, machine) => {
  const { memory } = machine;
  const scale = scaling(op, machine, memory.blockFloat(op.input), memory.blockFloat(op.output));
  return () => {
    scale();
  };
};

/** The same, from any gradient to any. */
export function scaling(
  op: Pick<ScaleGradient, 'layer' | 'exponents' | 'mask'>,
  { graph, memory }: Machine,
  input: BlockFloat,
  output: BlockFloat,
): () => void {
  const { mantissas: scale, exponents: scaleExponents } = trainingConstants(graph, op.layer).gradient;
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const channels = input.exponents.length;
  const pixels = input.mantissas.length / channels;

  const ownExponent = (o: number): number => {
    const exponent = input.exponents[o] as number;
    return exponent === NONE || scale[o] === 0 ? NONE : exponent + (scaleExponents[o] as number);
  };

  const scaleChannel = (o: number, exponent: number): void => {
    const own = ownExponent(o);
    const factor = own === NONE ? 0 : (scale[o] as number);
    for (let p = 0; p < pixels; p++) {
      const index = o * pixels + p;
      const passes = !mask || hasBit(mask, p * channels + o);
      const product = (input.mantissas[index] as number) * factor;
      output.mantissas[index] = passes ? roundingShiftRight(product, 15 + exponent - own) : 0;
    }
    output.exponents[o] = exponent;
  };

  return () => {
    const own = Array.from({ length: channels }, (_, o) => ownExponent(o));
    const shared = Math.max(...own);
    own.forEach((exponent, o) => scaleChannel(o, op.exponents === 'own' ? exponent : shared));
  };
}
