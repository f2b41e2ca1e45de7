import { tensorOf, type Unary } from '#libs/model/ir';
import { unaryTable } from '#libs/model/quant';
import type { PrepareForward } from '../machine';

/** RELU, LOGISTIC, … : every element through the operator's table. */
export const unary: PrepareForward<Unary> = (op, { graph, memory }) => {
  const input = tensorOf(graph, op.input).type === 'uint8' ? memory.bytes(op.input) : memory.int8(op.input);
  const output = memory.int8(op.output);
  const table = unaryTable(graph, op);
  return () => {
    for (let i = 0; i < output.length; i++) output[i] = table[(input[i] as number) & 0xff] as number;
  };
};
