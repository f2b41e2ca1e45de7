import { type Graph, type Op, tensorOf } from '#libs/model/ir';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { backboneOf, gradientFlow } from './gradient-flow';
import { headOf } from './head-of';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/**
 * Lets every clamp that a gradient comes back through say, one bit an element, what it let pass (N2).
 * Before: y = conv2d(...). After: y, y.mask = conv2d(...), for convolutions and ADDs on the gradient's way only.
 * Keeps: all outputs.
 */
export const addMasks = (scheme: TrainingScheme): Pass => ({
  name: 'add-masks',
  run: (graph: Graph): Graph => {
    const draft = new GraphDraft(graph);
    const flow = gradientFlow(graph, backboneOf(graph, headOf(graph).pool), trainedLayers(graph, scheme));
    const withMask = (op: Op): Op => {
      if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d' && op.kind !== 'add') return op;
      if (!flow.has(op.output)) return op;
      const { shape } = tensorOf(graph, op.output);
      return { ...op, mask: draft.add({ name: `${op.name}.mask`, type: 'mask', shape, role: 'activation' }) };
    };
    return draft.finish(graph.ops.map(withMask));
  },
});
