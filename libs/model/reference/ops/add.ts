import { type Add, perTensor, type TensorId, tensorOf } from '#libs/model/ir';
import { addConstants, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from '#libs/model/quant';
import type { Machine, PrepareForward } from '../machine';
import { clampedStore } from './requantizer';

/** An operand brought to the common scale: MBQM((x - z) << leftShift). */
function operand({ graph, memory }: Machine, id: TensorId, leftShift: number, by: QuantizedMultiplier) {
  const values = memory.int8(id);
  const { zeroPoint } = perTensor(tensorOf(graph, id));
  return (index: number): number =>
    multiplyByQuantizedMultiplier(
      ((values[index] as number) - zeroPoint) << leftShift,
      by.multiplier,
      by.shift,
    );
}

/** N2 ADD: both operands at twice the larger scale, summed, requantised, clamped with its own mask. */
export const add: PrepareForward<Add> = (op, machine) => {
  const { leftShift, first, second, output } = addConstants(machine.graph, op);
  const a = operand(machine, op.inputs[0], leftShift, first);
  const b = operand(machine, op.inputs[1], leftShift, second);
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.output));
  const store = clampedStore(op, machine);
  const { length } = machine.memory.int8(op.output);
  return () => {
    for (let i = 0; i < length; i++) {
      store(i, multiplyByQuantizedMultiplier(a(i) + b(i), output.multiplier, output.shift) + zeroPoint);
    }
  };
};
