import { type Concatenation, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { rowMajorStrides, stridedIndices } from './strided-index';

/** CONCATENATION: every operand copied behind the one before it along the axis. */
export const concatenation: PrepareForward<Concatenation> = (op, { graph, memory }) => {
  const strides = rowMajorStrides(tensorOf(graph, op.output).shape);
  const output = memory.int8(op.output);
  return () => {
    let start = 0;
    for (const id of op.inputs) {
      const { shape } = tensorOf(graph, id);
      const values = memory.int8(id);
      stridedIndices({ extents: shape, strides, start }).forEach((place, i) => {
        output[place] = values[i] as number;
      });
      start += (shape[op.axis] ?? 0) * (strides[op.axis] as number);
    }
  };
};
