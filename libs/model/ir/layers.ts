import type { Graph } from './graph';
import type { Conv2d, DepthwiseConv2d, FullyConnected } from './ops/convolution';
import type { Head } from './ops/training';

/** An operator with weights. */
export type LayerOp = Conv2d | DepthwiseConv2d | FullyConnected | Head;

export const isLayer = (op: { readonly kind: string }): op is LayerOp =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'fullyConnected' || op.kind === 'head';

/** The layers of a graph; the position is the layer id of NUMERICS (N8) and of schemes: graph order, the head last. */
export const layersOf = (graph: Graph): readonly LayerOp[] => graph.ops.filter(isLayer);
