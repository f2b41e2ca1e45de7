import { type Add, perTensor, tensorOf } from '#libs/model/ir';
import { activationRange, addConstants, type QuantizedMultiplier } from '#libs/model/quant';
import { elementsOf } from '#libs/firmware/planner';
import { invariant } from '#libs/base/result';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';

/** What add_s8.c has compiled in. */
const KERNEL_LEFT_SHIFT = 20;

function table(scope: Scope, op: Add, name: string): string {
  const { leftShift, first, second, output } = addConstants(scope.graph, op);
  invariant(leftShift === KERNEL_LEFT_SHIFT, `add_s8.c shifts by ${KERNEL_LEFT_SHIFT}`);
  const { min, max } = activationRange(op.activation, perTensor(tensorOf(scope.graph, op.output)));
  const part = (label: string, zero: number, { multiplier, shift }: QuantizedMultiplier): string =>
    `    .${label}_zero = ${zero}, .${label}_multiplier = ${multiplier}, .${label}_shift = ${shift},`;
  return [
    `static const fl_add ${name} = {`,
    part('first', scope.zeroPoint(op.inputs[0]), first),
    part('second', scope.zeroPoint(op.inputs[1]), second),
    part('output', scope.zeroPoint(op.output), output),
    `    .low = ${min}, .high = ${max},`,
    '};',
  ].join('\n');
}

export const add: Emitter<Add> = {
  refuse: (op, graph) =>
    [...op.inputs, op.output].every((id) => tensorOf(graph, id).type === 'int8')
      ? undefined
      : 'adds other numbers than int8',
  emit: (op, scope) => {
    const name = `${scope.name}_add`;
    scope.declarations.add(name, () => table(scope, op, name));
    const operands = [...op.inputs, op.output].map((id) => scope.pointer(id, 's8'));
    return [
      call('fl_add_s8', [`&${name}`, String(elementsOf(scope.graph, op.output))], operands, [
        scope.mask(op.mask),
      ]),
    ];
  },
};
