import type { AddGradient } from '#libs/model/ir';
import { roundingShiftRight } from '#libs/model/quant';
import type { PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { rowCloser } from './gradient-rows';

/** G4: every term times its ratio, brought to the largest exponent of its channel, summed. */
export const addGradient: PrepareBackward<AddGradient> = (op, machine) => {
  const terms = op.terms.map(({ gradient, ratio }) => ({ ...machine.memory.blockFloat(gradient), ratio }));
  const closer = rowCloser(op, machine);
  const { row } = closer;
  const channels = machine.memory.blockFloat(op.output).exponents.length;

  const sumRow = (channel: number): number => {
    const own = terms.map(({ exponents, ratio }) => {
      const exponent = exponents[channel] as number;
      return exponent === NONE ? NONE : exponent + ratio.exponent - 15;
    });
    const largest = Math.max(...own);
    row.fill(0);
    terms.forEach(({ mantissas, ratio }, term) => {
      const exponent = own[term] as number;
      if (exponent === NONE) return;
      for (let p = 0; p < row.length; p++) {
        const product = (mantissas[channel * row.length + p] as number) * ratio.mantissa;
        row[p]! += roundingShiftRight(product, largest - exponent);
      }
    });
    return largest;
  };

  return () => {
    for (let c = 0; c < channels; c++) closer.close(c, sumRow(c));
  };
};
