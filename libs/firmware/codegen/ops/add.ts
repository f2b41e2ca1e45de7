import { invariant } from '#libs/base/result';
import { type Add, perTensor, type Sub, tensorOf } from '#libs/model/ir';
import { activationRange, addConstants, type QuantizedMultiplier } from '#libs/model/quant';
import type { Scope } from '../model/scope';
import { dspAdd } from './dsp';
import type { Emitter } from './emitter';
import { mveAdd } from './mve';
import { binaryCall, isBroadcast } from './operands';
import { int8Fault } from './types';

/** What fl_sum.h has compiled in. */
const KERNEL_LEFT_SHIFT = 20;

function table(scope: Scope, op: Add | Sub, name: string): string {
  const { leftShift, first, second, output } = addConstants(scope.graph, op);
  invariant(leftShift === KERNEL_LEFT_SHIFT, `fl_sum.h shifts by ${KERNEL_LEFT_SHIFT}`);
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

/** The address of the constants of a sum or difference, declared on first use. */
export function sumConstants(scope: Scope, op: Add | Sub): string {
  const name = `${scope.operatorName(op)}_${op.kind}`;
  return `&${scope.declarations.add(name, () => table(scope, op, name))}`;
}

/** Bits of the elements that the call covers; those of a row begin at a byte. */
function maskOf(scope: Scope, op: Add): string {
  const mask = scope.mask(op.mask);
  const isRow = op.mask !== undefined && (scope.rowCalls ?? 1) > 1;
  return isRow ? `${mask} + row * ${scope.runLength(op.output) / 8}` : mask;
}

export const add: Emitter<Add> = {
  refuse: (op, graph) =>
    int8Fault(graph, [...op.inputs, op.output]) ??
    (op.mask !== undefined && isBroadcast(graph, op)
      ? 'is trained through, but one operand is stretched over the other'
      : undefined),
  emit: (op, scope) =>
    dspAdd(scope, op) ??
    mveAdd(scope, op) ?? [binaryCall(scope, op, sumConstants(scope, op), [maskOf(scope, op)])],
};

export const sub: Emitter<Sub> = {
  refuse: (op, graph) => int8Fault(graph, [...op.inputs, op.output]),
  emit: (op, scope) => [binaryCall(scope, op, sumConstants(scope, op))],
};
