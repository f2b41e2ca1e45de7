/** A walk over a tensor: one stride (in elements) for each extent. A stride of 0 repeats, a negative one walks back. */
export interface Walk {
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  /** Position of the first element. */
  readonly start?: number;
}

/** Elements between neighbours along each dimension of a row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): readonly number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}

/** Positions of the walk's elements, the last dimension fastest. */
export function stridedIndices({ extents, strides, start = 0 }: Walk): Int32Array {
  return Int32Array.from(
    extents.reduce<readonly number[]>(
      (positions, extent, axis) =>
        positions.flatMap((position) =>
          Array.from({ length: extent }, (_, index) => position + index * (strides[axis] as number)),
        ),
      [start],
    ),
  );
}
