import type { TensorId } from '#libs/model/ir';
import type { Scope } from '../model/scope';

/** `const fl_band band`: all rows of whole maps. */
export function wholeMaps(scope: Scope, op: { readonly input: TensorId; readonly output: TensorId }): string {
  const [rows, outputRows] = [scope.extent(op.input, 1), scope.extent(op.output, 1)];
  const input = `${scope.pointer(op.input, 's8')}, ${rows}`;
  return `const fl_band band = {${input}, ${scope.pointer(op.output, 's8')}, ${outputRows}, 0, ${outputRows}};`;
}
