import { type Head, perTensor, tensorOf } from '#libs/model/ir';
import { headConstants, multiplyByQuantizedMultiplier } from '#libs/model/quant';
import type { PrepareForward } from '../machine';

/** N2 head: acc = ((B + 8) >> 4) + sum W16 * f, f = x - z; u = MBQM(acc): logits in log2 units, 16 fractional bits. */
export const head: PrepareForward<Head> = (op, { graph, memory }) => {
  const [classes = 0, features = 0] = tensorOf(graph, op.weights).shape;
  const { multipliers, shifts } = headConstants(graph, op);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const input = memory.int8(op.input);
  const weights = memory.int16(op.weights);
  const bias = memory.int32(op.bias);
  const logits = memory.int32(op.output);

  const accumulate = (k: number): number => {
    let sum = ((bias[k] as number) + 8) >> 4;
    for (let j = 0; j < features; j++)
      sum += (weights[k * features + j] as number) * ((input[j] as number) - zeroPoint);
    return sum;
  };

  return () => {
    for (let k = 0; k < classes; k++) {
      logits[k] = multiplyByQuantizedMultiplier(
        accumulate(k) | 0,
        multipliers[k] as number,
        shifts[k] as number,
      );
    }
  };
};
