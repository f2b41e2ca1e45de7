import { type LookupGradient, producerOf } from '#libs/model/ir';
import { slopeTable } from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { rowCloser } from './gradient-rows';

const SLOPE_BITS = 14;

/** G8: g times the slope at the input. */
export const lookupGradient: PrepareBackward<LookupGradient> = (op, machine) => {
  const { graph, memory } = machine;
  const source = producerOf(graph, op.of);
  invariant(source?.kind === 'unary', `tensor ${op.of} is no function of one element`);
  const slopes = slopeTable(graph, source);
  const input = memory.int8(op.input);
  const { mantissas, exponents } = memory.blockFloat(op.gradient);
  const closer = rowCloser(op, machine);
  const { row } = closer;
  return () => {
    for (let c = 0; c < exponents.length; c++) {
      for (let p = 0; p < row.length; p++) {
        const slope = slopes.mantissas[(input[p * exponents.length + c] as number) & 0xff] as number;
        row[p] = (mantissas[c * row.length + p] as number) * slope;
      }
      const own = exponents[c] as number;
      closer.close(c, own === NONE ? NONE : own + slopes.exponent - SLOPE_BITS);
    }
  };
};
