import { type AveragePool2d, type Graph, type MaxPool2d, tensorOf } from '#libs/model/ir';

interface Axis {
  readonly stride: number;
  readonly before: number;
  readonly kernel: number;
  readonly extent: number;
}

/** The positions of a window that lie on the map, along one dimension. */
function inside(position: number, { stride, before, kernel, extent }: Axis): readonly number[] {
  const start = position * stride - before;
  const from = Math.max(start, 0);
  const to = Math.min(start + kernel, extent);
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** For every output pixel of a pool the input pixels of its window, padding left out. */
export function poolWindows(
  graph: Graph,
  { input, output, kernel, window: { stride, padding } }: AveragePool2d | MaxPool2d,
): readonly (readonly number[])[] {
  const [, height = 0, width = 0] = tensorOf(graph, input).shape;
  const [, rows = 0, columns = 0] = tensorOf(graph, output).shape;
  const vertical = { stride: stride.height, before: padding.top, kernel: kernel.height, extent: height };
  const horizontal = { stride: stride.width, before: padding.left, kernel: kernel.width, extent: width };
  return Array.from({ length: rows * columns }, (_, pixel) =>
    inside(Math.floor(pixel / columns), vertical).flatMap((y) =>
      inside(pixel % columns, horizontal).map((x) => y * width + x),
    ),
  );
}
