/** Operators of two operands of which one may be stretched over the other. */
import type { Add, Graph, Mul, Sub, TensorId } from '#libs/model/ir';
import { elementsOf, shapeOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { type Axis, pairOf, rowMajor } from './axes';
import { call } from './emitter';

type Binary = Add | Sub | Mul;

/** How far an operand moves for each dimension of the output: not at all where it is stretched. */
function stepsOf(graph: Graph, id: TensorId, rank: number): readonly number[] {
  const shape = shapeOf(graph, id);
  const steps = rowMajor(shape).map((step, axis) => (shape[axis] === 1 ? 0 : step));
  return [...Array.from({ length: rank - shape.length }, () => 0), ...steps];
}

/** How both operands move while the output's elements are met in order. */
export function axesOf(graph: Graph, op: Binary): readonly Axis[] {
  const shape = shapeOf(graph, op.output);
  const [first, second] = op.inputs.map((id) => stepsOf(graph, id, shape.length));
  return shape.map((extent, axis) => ({
    extent,
    first: first?.[axis] ?? 0,
    second: second?.[axis] ?? 0,
  }));
}

export const isBroadcast = (graph: Graph, op: Binary): boolean =>
  op.inputs.some((id) => elementsOf(graph, id) !== elementsOf(graph, op.output));

/** The call of `fl_<kind>_s8` or `fl_<kind>_broadcast_s8`. */
export function binaryCall(
  scope: Scope,
  op: Binary,
  constants: string,
  more: readonly string[] = [],
): string {
  const operands = [...op.inputs, op.output].map((id) => scope.run(id));
  return isBroadcast(scope.graph, op)
    ? call(`fl_${op.kind}_broadcast_s8`, [constants, pairOf(scope, axesOf(scope.graph, op))], operands)
    : call(`fl_${op.kind}_s8`, [constants, String(scope.runLength(op.output))], operands, more);
}
