import { type Mean } from '#libs/model/ir';
import { meanConstants } from '#libs/model/quant';
import { elementsOf, shapeOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { type Axis, pairOf, rowMajor } from './axes';
import { call, type Emitter } from './emitter';
import { int8Fault, shiftFault } from './types';

/** first: over the means, where what is averaged does not move; second: over the input. */
function axesOf(scope: Scope, op: Mean): readonly Axis[] {
  const shape = shapeOf(scope.graph, op.input);
  const kept = shape.map((extent, axis) => (op.axes.includes(axis) ? 1 : extent));
  const [over, input] = [rowMajor(kept), rowMajor(shape)];
  return shape.map((extent, axis) => ({
    extent,
    first: op.axes.includes(axis) ? 0 : over[axis]!,
    second: input[axis]!,
  }));
}

export const mean: Emitter<Mean> = {
  refuse: (op, graph) =>
    int8Fault(graph, [op.input, op.output]) ?? shiftFault([meanConstants(graph, op).shift]),
  emit: (op, scope) => {
    const { multiplier, shift, count } = meanConstants(scope.graph, op);
    const offset = scope.zeroPoint(op.input) * count;
    const value = `{${offset}, ${multiplier}, ${shift}, ${scope.zeroPoint(op.output)}}`;
    const constants = scope.declarations.share('fl_mean', 'mean', { value });
    return [
      call(
        'fl_mean_s8',
        [`&${constants}`, pairOf(scope, axesOf(scope, op)), String(elementsOf(scope.graph, op.output))],
        [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8'), scope.scratch('s32')],
      ),
    ];
  },
};
