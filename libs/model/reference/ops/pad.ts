import { type Pad, perTensor, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { rowMajorStrides, stridedIndices } from './strided-index';

/** PAD: the tensor in a frame of its zero point. */
export const pad: PrepareForward<Pad> = (op, { graph, memory }) => {
  const source = tensorOf(graph, op.input);
  const strides = rowMajorStrides(tensorOf(graph, op.output).shape);
  const start = op.before.reduce((sum, count, axis) => sum + count * (strides[axis] as number), 0);
  const places = stridedIndices({ extents: source.shape, strides, start });
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);
  const { zeroPoint } = perTensor(source);
  return () => {
    output.fill(zeroPoint);
    places.forEach((place, i) => {
      output[place] = input[i] as number;
    });
  };
};
