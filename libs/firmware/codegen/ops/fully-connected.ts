import type { FullyConnected } from '#libs/model/ir';
import { elementsOf } from '#libs/firmware/planner';
import { dspFullyConnected } from './dsp';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { mveFullyConnected } from './mve';
import { rangeOf } from './windows';

export const fullyConnected: Emitter<FullyConnected> = {
  refuse: filterFault,
  emit: (op, scope) => {
    const fast = dspFullyConnected(scope, op) ?? mveFullyConnected(scope, op);
    if (fast) return fast;
    const outputs = scope.extent(op.weights, 0);
    const depth = scope.extent(op.weights, 1);
    const rows = elementsOf(scope.graph, op.output) / outputs;
    return [
      filterOf(scope, op),
      call(
        'fl_fully_connected_s8',
        [String(rows), String(depth), String(outputs), '&filter', rangeOf(scope, op)],
        [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8'), scope.scratch('s16')],
      ),
    ];
  },
};
