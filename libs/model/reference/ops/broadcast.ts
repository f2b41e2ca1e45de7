import { rowMajorStrides, stridedIndices } from './strided-index';

/** For every element of `output` the element of an operand stretched over it: aligned at the last dimension, extents 1 repeat. */
export function broadcastIndices(operand: readonly number[], output: readonly number[]): Int32Array {
  const missing = output.length - operand.length;
  const own = rowMajorStrides(operand);
  const strides = output.map((_, axis) =>
    axis < missing || operand[axis - missing] === 1 ? 0 : (own[axis - missing] as number),
  );
  return stridedIndices({ extents: output, strides });
}
