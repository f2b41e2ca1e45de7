/** The planes of cells of depthwise_conv2d_mve.c: a cell is a column of one channel, a byte for each row in reach. */
import { type DepthwiseConv2d, type Graph } from '#libs/model/ir';
import { extentOf } from './kernels';

const MOST_CHANNELS = 8;
const VECTOR_BYTES = 16;
const MOST_CHUNKS = 4;
/** Seven planes on, offsets of 16 bits must still reach. */
const MOST_PLANE_BYTES = 9000;
/** Four channels have their weights turned at a time. */
const TURNED_CHANNELS = 4;

export interface VectorPlanes {
  /** Bytes of all planes, what the last vector reads behind them, and turned weights. */
  readonly bytes: number;
}

/** Undefined: such a layer has no kernel for vectors. */
export function vectorPlanes(op: DepthwiseConv2d, graph: Graph): VectorPlanes | undefined {
  const [height, width] = [extentOf(graph, op.weights, 1), extentOf(graph, op.weights, 2)];
  const { stride, dilation } = op.window;
  const cell = height <= 4 ? 4 : 8;
  const chunks = Math.ceil((width * cell) / VECTOR_BYTES);
  const plane = ((extentOf(graph, op.output, 2) - 1) * stride.width + width) * cell;
  const isPlain = op.multiplier === 1 && dilation.height === 1 && dilation.width === 1;
  const isSmall = height <= 8 && chunks <= MOST_CHUNKS && plane <= MOST_PLANE_BYTES;
  if (!isPlain || !isSmall) return undefined;
  const turned = TURNED_CHANNELS * VECTOR_BYTES * chunks;
  return { bytes: Math.min(MOST_CHANNELS, extentOf(graph, op.input, 3)) * plane + VECTOR_BYTES + turned };
}
