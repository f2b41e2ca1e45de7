import type { Graph } from './graph';
import type { Conv2d, DepthwiseConv2d, FullyConnected, TransposeConv2d } from './ops/convolution';
import type { Head } from './ops/training';

/** An operator with weights. */
export type LayerOp = Conv2d | DepthwiseConv2d | TransposeConv2d | FullyConnected | Head;

const LAYER_KINDS: ReadonlySet<string> = new Set<LayerOp['kind']>([
  'conv2d',
  'depthwiseConv2d',
  'transposeConv2d',
  'fullyConnected',
  'head',
]);
export const isLayer = (op: { readonly kind: string }): op is LayerOp => LAYER_KINDS.has(op.kind);

/**
 * The layers of a model; the position is the layer id of NUMERICS (N8) and of schemes: graph order, the head last. Of a part of a
 * model those of the whole.
 */
export function layersOf(graph: Graph): readonly LayerOp[] {
  const known = layersKnown.get(graph);
  if (known) return known;
  const { ops, others } = graph;
  const own = ops.filter(isLayer);
  const layers = others ? [...others.before, ...own, ...others.after] : own;
  layersKnown.set(graph, layers);
  return layers;
}

/** Asked for by every operator of the backward half, many times. */
const layersKnown = new WeakMap<Graph, readonly LayerOp[]>();
