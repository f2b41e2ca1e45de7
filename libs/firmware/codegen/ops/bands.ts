import type { TensorId } from '#libs/model/ir';
import type { Scope } from '../model/scope';
import { ROW, type RowNumber } from '../model/row-text';

interface Maps {
  readonly input: TensorId;
  readonly output: TensorId;
}

/**
 * `const fl_band band`: all rows of whole maps; in a loop over rows, row `row`. Kernels whose input lies in rows of another
 * ring meet one row of it, `inputRow`.
 */
export function bandOf(scope: Scope, { input, output }: Maps, inputRow: RowNumber = ROW): string {
  const rows = scope.rowCalls === undefined ? `0, ${scope.extent(output, 1)}` : 'row, row + 1';
  return `const fl_band band = {${scope.mapOf(input, inputRow)}, ${scope.mapOf(output, ROW)}, ${rows}};`;
}

/** The input row that a window meets which is one row high. */
export const rowUnder = (stride: number, padding: number): RowNumber => ({
  of: 'row',
  step: stride,
  shift: -padding,
});
