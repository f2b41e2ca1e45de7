import { type Conv2d, type DepthwiseConv2d, type Graph, layersOf } from '#libs/model/ir';
import { invariant } from '#libs/base/result';

/** The convolution with number `layer` (N8). */
export function convolutionAt(graph: Graph, layer: number): Conv2d | DepthwiseConv2d {
  const op = layersOf(graph)[layer];
  invariant(op?.kind === 'conv2d' || op?.kind === 'depthwiseConv2d', `layer ${layer} is no convolution`);
  return op;
}
