import { type Dequantize, perTensor, type Quantize, tensorOf } from '#libs/model/ir';
import { dequantizeToFloat, quantizeFloat } from '#libs/model/quant';
import type { PrepareForward } from '../machine';

/** QUANTIZE float32 to int8. */
export const quantize: PrepareForward<Quantize> = (op, { graph, memory }) => {
  const to = perTensor(tensorOf(graph, op.output));
  return () => memory.int8(op.output).set(quantizeFloat(memory.float32(op.input), to));
};

/** DEQUANTIZE int8 to float32. */
export const dequantize: PrepareForward<Dequantize> = (op, { graph, memory }) => {
  const from = perTensor(tensorOf(graph, op.input));
  return () => memory.float32(op.output).set(dequantizeToFloat(memory.int8(op.input), from));
};
