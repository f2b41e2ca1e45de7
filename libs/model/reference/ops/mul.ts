import { type Mul, perTensor, tensorOf } from '#libs/model/ir';
import { mulConstants, multiplyByQuantizedMultiplier } from '#libs/model/quant';
import type { Machine, PrepareForward } from '../machine';
import { broadcastIndices } from './broadcast';
import { clampedStore } from './requantizer';

/** What a MUL clamps: MBQM((x1 - z1) * (x2 - z2)) + z. */
export function unclamped(op: Mul, { graph, memory }: Machine): (index: number) => number {
  const target = tensorOf(graph, op.output);
  const [a, b] = op.inputs.map((id) => {
    const tensor = tensorOf(graph, id);
    const { zeroPoint } = perTensor(tensor);
    const values = memory.int8(id);
    const source = broadcastIndices(tensor.shape, target.shape);
    return (index: number): number => (values[source[index] as number] as number) - zeroPoint;
  }) as [(index: number) => number, (index: number) => number];
  const { multiplier, shift } = mulConstants(graph, op);
  const { zeroPoint } = perTensor(target);
  return (index) => multiplyByQuantizedMultiplier(a(index) * b(index), multiplier, shift) + zeroPoint;
}

/** MUL: y = clamp(MBQM((x1 - z1) * (x2 - z2)) + z). */
export const mul: PrepareForward<Mul> = (op, machine) => {
  const valueOf = unclamped(op, machine);
  const store = clampedStore(op, machine);
  const { length } = machine.memory.int8(op.output);
  return () => {
    for (let i = 0; i < length; i++) store(i, valueOf(i));
  };
};
