import { type Mul, perTensor, tensorOf } from '#libs/model/ir';
import { activationRange, mulConstants } from '#libs/model/quant';
import type { Scope } from '../model/scope';
import type { Emitter } from './emitter';
import { binaryCall } from './operands';
import { int8Fault, shiftFault } from './types';

function table(scope: Scope, op: Mul, name: string): string {
  const { multiplier, shift } = mulConstants(scope.graph, op);
  const { min, max } = activationRange(op.activation, perTensor(tensorOf(scope.graph, op.output)));
  const [first, second, output] = [...op.inputs, op.output].map((id) => scope.zeroPoint(id));
  return [
    `static const fl_mul ${name} = {`,
    `    .first_zero = ${first}, .second_zero = ${second}, .output_zero = ${output},`,
    `    .multiplier = ${multiplier}, .shift = ${shift},`,
    `    .low = ${min}, .high = ${max},`,
    '};',
  ].join('\n');
}

/** The address of the constants of a product, declared on first use. */
export function productConstants(scope: Scope, op: Mul): string {
  const name = `${scope.operatorName(op)}_mul`;
  return `&${scope.declarations.add(name, () => table(scope, op, name))}`;
}

export const mul: Emitter<Mul> = {
  refuse: (op, graph) =>
    int8Fault(graph, [...op.inputs, op.output]) ?? shiftFault([mulConstants(graph, op).shift]),
  emit: (op, scope) => [binaryCall(scope, op, productConstants(scope, op))],
};
