import { type StridedSlice, tensorOf, type Transpose } from '#libs/model/ir';
import type { ForwardKernel, Machine, PrepareForward } from '../machine';
import { rowMajorStrides, stridedIndices, type Walk } from './strided-index';

/** The output, in its own order, is a walk over the input. */
function copy(op: StridedSlice | Transpose, { memory }: Machine, walk: Walk): ForwardKernel {
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);
  const sources = stridedIndices(walk);
  return () =>
    sources.forEach((source, i) => {
      output[i] = input[source] as number;
    });
}

/** STRIDED_SLICE: output index i reads input index begin + i * stride. */
export const stridedSlice: PrepareForward<StridedSlice> = (op, machine) => {
  const own = rowMajorStrides(tensorOf(machine.graph, op.input).shape);
  return copy(op, machine, {
    extents: op.extents,
    strides: own.map((stride, axis) => stride * (op.strides[axis] as number)),
    start: own.reduce((sum, stride, axis) => sum + stride * (op.begin[axis] as number), 0),
  });
};

/** TRANSPOSE: dimension i of the output walks along dimension permutation[i] of the input. */
export const transpose: PrepareForward<Transpose> = (op, machine) => {
  const own = rowMajorStrides(tensorOf(machine.graph, op.input).shape);
  return copy(op, machine, {
    extents: tensorOf(machine.graph, op.output).shape,
    strides: op.permutation.map((axis) => own[axis] as number),
  });
};
