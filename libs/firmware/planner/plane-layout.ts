/**
 * Where the planes of a gradient and their exponents lie, for the verifier and for what programs watch: int16 or int8 mantissas in
 * planes, then an int16 a channel. Of an odd number of int8, the last plane has the byte behind it.
 */
import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';

/** First byte and number of bytes. */
type Piece = readonly [from: number, count: number];

export interface PlaneLayout {
  readonly plane: (channel: number) => Piece;
  readonly exponent: (channel: number) => Piece;
}

/** @param kept how many channels there is place for; absent: for all */
export function planeLayoutOf(graph: Graph, id: TensorId, kept?: number): PlaneLayout {
  const { type, shape } = tensorOf(graph, id);
  const [all = 0, pixels = 0] = shape;
  const channels = kept ?? all;
  const bytes = type === 'blockFloat8' ? pixels : 2 * pixels;
  const odd = (channels * bytes) % 2;
  return {
    plane: (channel) => [bytes * channel, channel === channels - 1 ? bytes + odd : bytes],
    exponent: (channel) => [bytes * channels + odd + 2 * channel, 2],
  };
}
