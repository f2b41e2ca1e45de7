import type { SaveInput } from '#libs/model/ir';
import { ROW } from '../model/row-text';
import { call, type Emitter } from './emitter';

/** The band counts rows of the map; the planes are written where they are, whole. */
export const saveInput: Emitter<SaveInput> = {
  emit: (op, scope) => {
    const [height, width, depth] = [1, 2, 3].map((axis) => scope.extent(op.input, axis));
    const rows = scope.rowCalls === undefined ? `0, ${height}` : 'row, row + 1';
    const planes = `${scope.pointer(op.output, 's8')}, ${height}`;
    return [
      `const fl_band band = {${scope.mapOf(op.input, ROW)}, ${planes}, ${rows}};`,
      call('fl_save_input', [String(width), String(depth), '&band', String(scope.extent(op.output, 0))]),
    ];
  },
};
