import type { ResizeNearest } from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { shapeOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { bandOf as rowOf } from './bands';
import { call, type Emitter } from './emitter';
import { arrayText } from './tables';
import { byteFault } from './types';

const LARGEST_INDEX = 65_535;

/** The name of a table of rows or columns of the input, one an output row or column. */
const list = (scope: Scope, values: Int32Array): string =>
  scope.declarations.share('uint16_t', 'indices', arrayText(values));

/** The address of the sizes of a resized map and of what its rows and columns show. */
export function sizes(scope: Scope, op: ResizeNearest): string {
  const { rows, columns } = resizeNearestIndices(scope.graph, op);
  const extents = [scope.extent(op.input, 2), scope.extent(op.output, 2), scope.extent(op.output, 3)];
  const value = `{${extents.join(', ')}, ${list(scope, rows)}, ${list(scope, columns)}}`;
  return `&${scope.declarations.share('fl_resize', 'resize', { value })}`;
}

/** The band of one map of a batch. */
function bandOf(scope: Scope, op: ResizeNearest, map: number): string {
  const [, height = 0, width = 0, channels = 0] = shapeOf(scope.graph, op.input);
  const [, rows = 0, columns = 0] = shapeOf(scope.graph, op.output);
  const input = scope.element(op.input, map * height * width * channels);
  const output = scope.element(op.output, map * rows * columns * channels);
  return `{${input}, ${height}, ${output}, ${rows}, 0, ${rows}}`;
}

export const resizeNearest: Emitter<ResizeNearest> = {
  refuse: (op, graph) => {
    const tooLarge = [op.input, op.output].some((id) => shapeOf(graph, id).some((e) => e > LARGEST_INDEX));
    return byteFault(graph, [op.input, op.output]) ?? (tooLarge ? 'has an extent over 65,535' : undefined);
  },
  emit: (op, scope) => {
    if (scope.rowCalls !== undefined) {
      const rows = list(scope, resizeNearestIndices(scope.graph, op).rows);
      const met = { of: `${rows}[row]`, step: 1, shift: 0 };
      return [rowOf(scope, op, met), call('fl_resize_nearest_s8', [sizes(scope, op), '&band'])];
    }
    const [maps = 1] = shapeOf(scope.graph, op.output);
    const bands = Array.from({ length: maps }, (_, map) => bandOf(scope, op, map));
    return [
      `const fl_band bands[] = {${bands.join(', ')}};`,
      ...bands.map((_, map) => call('fl_resize_nearest_s8', [sizes(scope, op), `&bands[${map}]`])),
    ];
  },
};
