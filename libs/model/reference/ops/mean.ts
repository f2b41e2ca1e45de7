import { type Mean, perTensor, tensorOf } from '#libs/model/ir';
import { meanConstants, multiplyByQuantizedMultiplier } from '#libs/model/quant';
import type { PrepareForward } from '../machine';
import { clampedStore } from './requantizer';
import { rowMajorStrides, stridedIndices } from './strided-index';

/** For every input element the mean it counts towards: walking along an averaged dimension does not move. */
function meanOfElement(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = rowMajorStrides(shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)));
  return stridedIndices({
    extents: shape,
    strides: strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride)),
  });
}

/** MEAN: y = MBQM(sum - z_in * count) + z, with 1 / count in the multiplier. */
export const mean: PrepareForward<Mean> = (op, machine) => {
  const { graph, memory } = machine;
  const source = tensorOf(graph, op.input);
  const { multiplier, shift, count } = meanConstants(graph, op);
  const offset = perTensor(source).zeroPoint * count;
  const { zeroPoint } = perTensor(tensorOf(graph, op.output));
  const places = meanOfElement(source.shape, op.axes);
  const input = memory.int8(op.input);
  const { length } = memory.int8(op.output);
  const store = clampedStore({ output: op.output, activation: 'none' }, machine);
  return () => {
    const sums = new Int32Array(length);
    places.forEach((place, i) => {
      sums[place] = (sums[place] as number) + (input[i] as number);
    });
    sums.forEach((sum, i) =>
      store(i, multiplyByQuantizedMultiplier((sum - offset) | 0, multiplier, shift) + zeroPoint),
    );
  };
};
