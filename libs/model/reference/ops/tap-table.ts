import { type Conv2d, type DepthwiseConv2d, type Graph, tensorOf } from '#libs/model/ir';

/** Where a convolution looks: for output pixel p and tap k (row-major), `source[p * taps + k]` is an input pixel or -1 (padding). */
export interface TapTable {
  readonly taps: number;
  readonly inputPixels: number;
  readonly inputChannels: number;
  readonly outputPixels: number;
  readonly outputChannels: number;
  readonly source: Int32Array;
}

type Extents = readonly [height: number, width: number, channels: number];

const mapExtents = (shape: readonly number[]): Extents => [shape[1] ?? 0, shape[2] ?? 0, shape[3] ?? 0];

/** Input position of tap `tap` for output position `position` along one axis; -1 outside. */
function along(
  position: number,
  tap: number,
  axis: { stride: number; dilation: number; before: number; extent: number },
): number {
  const at = position * axis.stride + tap * axis.dilation - axis.before;
  return at < 0 || at >= axis.extent ? -1 : at;
}

export function tapTable(graph: Graph, op: Conv2d | DepthwiseConv2d): TapTable {
  const [inputHeight, inputWidth, inputChannels] = mapExtents(tensorOf(graph, op.input).shape);
  const [outputHeight, outputWidth, outputChannels] = mapExtents(tensorOf(graph, op.output).shape);
  const [kernelHeight, kernelWidth] = mapExtents(tensorOf(graph, op.weights).shape);
  const { stride, dilation, padding } = op.window;
  const vertical = {
    stride: stride.height,
    dilation: dilation.height,
    before: padding.top,
    extent: inputHeight,
  };
  const horizontal = {
    stride: stride.width,
    dilation: dilation.width,
    before: padding.left,
    extent: inputWidth,
  };
  const taps = kernelHeight * kernelWidth;
  const outputPixels = outputHeight * outputWidth;
  const source = Int32Array.from({ length: outputPixels * taps }, (_, index) => {
    const pixel = Math.floor(index / taps);
    const tap = index % taps;
    const row = along(Math.floor(pixel / outputWidth), Math.floor(tap / kernelWidth), vertical);
    const column = along(pixel % outputWidth, tap % kernelWidth, horizontal);
    return row < 0 || column < 0 ? -1 : row * inputWidth + column;
  });
  return { taps, inputPixels: inputHeight * inputWidth, inputChannels, outputPixels, outputChannels, source };
}
