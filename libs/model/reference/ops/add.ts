import { type Add, perTensor, type Sub, type TensorId, tensorOf } from '#libs/model/ir';
import { addConstants, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from '#libs/model/quant';
import type { ForwardKernel, Machine, PrepareForward } from '../machine';
import { broadcastIndices } from './broadcast';
import { clampedStore } from './requantizer';

interface Operand {
  readonly id: TensorId;
  readonly leftShift: number;
  readonly by: QuantizedMultiplier;
}

/** An operand, stretched over the output and brought to the common scale: MBQM((x - z) << leftShift). */
function operand({ graph, memory }: Machine, output: readonly number[], { id, leftShift, by }: Operand) {
  const values = memory.int8(id);
  const tensor = tensorOf(graph, id);
  const { zeroPoint } = perTensor(tensor);
  const source = broadcastIndices(tensor.shape, output);
  return (index: number): number =>
    multiplyByQuantizedMultiplier(
      ((values[source[index] as number] as number) - zeroPoint) << leftShift,
      by.multiplier,
      by.shift,
    );
}

/** What an ADD or SUB clamps: both operands at twice the larger scale, combined, requantised. */
export function unclamped(op: Add | Sub, machine: Machine): (index: number) => number {
  const { leftShift, first, second, output } = addConstants(machine.graph, op);
  const target = tensorOf(machine.graph, op.output);
  const a = operand(machine, target.shape, { id: op.inputs[0], leftShift, by: first });
  const b = operand(machine, target.shape, { id: op.inputs[1], leftShift, by: second });
  const { zeroPoint } = perTensor(target);
  const sign = op.kind === 'add' ? 1 : -1;
  return (index) =>
    multiplyByQuantizedMultiplier(a(index) + sign * b(index), output.multiplier, output.shift) + zeroPoint;
}

function sumOrDifference(op: Add | Sub, machine: Machine): ForwardKernel {
  const valueOf = unclamped(op, machine);
  const store = clampedStore(op, machine);
  const { length } = machine.memory.int8(op.output);
  return () => {
    for (let i = 0; i < length; i++) store(i, valueOf(i));
  };
}

/** N2 ADD, with a mask of its own. */
export const add: PrepareForward<Add> = (op, machine) => sumOrDifference(op, machine);

/** SUB: as ADD, second operand taken away. */
export const sub: PrepareForward<Sub> = (op, machine) => sumOrDifference(op, machine);
