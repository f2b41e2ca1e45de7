import type { Unary } from '#libs/model/ir';
import { unaryTable } from '#libs/model/quant';
import { call, type Emitter } from './emitter';
import { byteFault, int8Fault } from './types';
import { arrayText } from './tables';

export const unary: Emitter<Unary> = {
  refuse: (op, graph) => byteFault(graph, [op.input]) ?? int8Fault(graph, [op.output]),
  emit: (op, scope) => {
    const values = arrayText(unaryTable(scope.graph, op));
    const table = scope.declarations.share('int8_t', op.function.name.toLowerCase(), values);
    return [
      call(
        'fl_lookup_s8',
        [table, String(scope.runLength(op.output))],
        [scope.run(op.input), scope.run(op.output)],
      ),
    ];
  },
};
