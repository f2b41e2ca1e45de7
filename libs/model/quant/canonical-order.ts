import type { LayerOp } from '#libs/model/ir';

/**
 * N1: the canonical index of a weight is its position in OIHW order (depthwise: channel, row, column).
 * @param shape as the IR stores it: OHWI, 1HWC for depthwise, [O,I] for dense layers
 * @returns for every storage position its canonical index
 */
export function canonicalOrder(kind: LayerOp['kind'], shape: readonly number[]): Uint32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const [outputs = 0, height = 1, width = 1, inputs = 1] =
    shape.length === 4 ? shape : [shape[0] ?? 0, 1, 1, shape[1] ?? 1];
  const taps = height * width;
  if (kind === 'depthwiseConv2d') {
    return Uint32Array.from({ length: count }, (_, i) => (i % inputs) * taps + Math.floor(i / inputs));
  }
  return Uint32Array.from({ length: outputs * taps * inputs }, (_, i) => {
    const input = i % inputs;
    const tap = Math.floor(i / inputs) % taps;
    const output = Math.floor(i / (inputs * taps));
    return (output * inputs + input) * taps + tap;
  });
}
