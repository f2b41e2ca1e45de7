import { producerOf, type ResizeGradient, tensorOf } from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { PrepareBackward } from '../machine';
import { rowCloser } from './gradient-rows';

/** G9: every pixel gets what came back to its copies. */
export const resizeGradient: PrepareBackward<ResizeGradient> = (op, machine) => {
  const { graph, memory } = machine;
  const source = producerOf(graph, op.of);
  invariant(source?.kind === 'resizeNearest', `tensor ${op.of} is no resized map`);
  const { rows, columns } = resizeNearestIndices(graph, source);
  const width = tensorOf(graph, source.input).shape[2] ?? 1;
  const { mantissas, exponents } = memory.blockFloat(op.gradient);
  const closer = rowCloser(op, machine);
  return () => {
    for (let c = 0; c < exponents.length; c++) {
      closer.row.fill(0);
      let from = c * rows.length * columns.length;
      for (const y of rows)
        for (const x of columns) closer.row[y * width + x]! += mantissas[from++] as number;
      closer.close(c, exponents[c] as number);
    }
  };
};
