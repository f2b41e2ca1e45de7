import type { CopyGradient } from '#libs/model/ir';
import type { PrepareBackward } from '../machine';

/** N6.1: a copy of mantissas and exponents. */
export const copyGradient: PrepareBackward<CopyGradient> = (op, { memory }) => {
  const input = memory.blockFloat(op.input);
  const output = memory.blockFloat(op.output);
  return () => {
    output.mantissas.set(input.mantissas);
    output.exponents.set(input.exponents);
  };
};
