/** The window options that convolutions and pools have in common, between their form in a file and in the graph. */
import {
  type Extent2d,
  NO_PADDING,
  type Padding,
  samePadding,
  type Tensor,
  type Window,
} from '#libs/model/ir';
import type { TableView } from '../flatbuffer/table-view';
import { PADDING } from '../schema/enums';
import type { OperatorReader } from './operator-reader';
import type { OperatorWriter } from './operator-writer';

/** Greater strides, dilations and pool windows serve no model, and would let a file make padding without bound. */
const LARGEST_STEP = 1024;

/** Reads a stride, a dilation or a kernel size. */
export function readExtent(operator: OperatorReader, what: string, height: number, width: number): Extent2d {
  const isSound = (extent: number): boolean => extent >= 1 && extent <= LARGEST_STEP;
  if (isSound(height) && isSound(width)) return { height, width };
  operator.report(
    'tflite.unsupported-option',
    `${what} ${height}x${width}; 1 to ${LARGEST_STEP} is supported`,
  );
  return { height: 1, width: 1 };
}

export interface WindowGeometry {
  readonly input: Tensor;
  readonly kernel: Extent2d;
  readonly stride: Extent2d;
  readonly dilation: Extent2d;
}

export const extentOf = (shape: readonly number[]): Extent2d => ({
  height: shape[1] ?? 0,
  width: shape[2] ?? 0,
});

/** The padding that TensorFlow computes for SAME. */
function paddingForSame({ input, kernel, stride, dilation }: WindowGeometry): Padding {
  const extent = extentOf(input.shape);
  const rows = samePadding(extent.height, kernel.height, stride.height, dilation.height);
  const columns = samePadding(extent.width, kernel.width, stride.width, dilation.width);
  return { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after };
}

/** SAME or VALID as the padding it stands for. */
export function readWindow(
  operator: OperatorReader,
  options: TableView,
  field: number,
  geometry: WindowGeometry,
): Window {
  const { stride, dilation } = geometry;
  const mode = options.i8(field);
  if (mode === PADDING.valid) return { stride, dilation, padding: NO_PADDING };
  if (mode === PADDING.same) return { stride, dilation, padding: paddingForSame(geometry) };
  operator.report('tflite.unsupported-option', `padding mode ${mode}; SAME and VALID are supported`);
  return { stride, dilation, padding: NO_PADDING };
}

const isSamePadding = (a: Padding, b: Padding): boolean =>
  a.top === b.top && a.bottom === b.bottom && a.left === b.left && a.right === b.right;

/** The padding as the mode that stands for it. */
export function writePadding(writer: OperatorWriter, padding: Padding, geometry: WindowGeometry): number {
  if (isSamePadding(padding, NO_PADDING)) return PADDING.valid;
  if (isSamePadding(padding, paddingForSame(geometry))) return PADDING.same;
  const { top, bottom, left, right } = padding;
  return writer.refuse(
    `padding ${top},${bottom},${left},${right} is neither SAME nor VALID; put a PAD operator before it`,
  );
}
