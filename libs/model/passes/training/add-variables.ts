import { type Conv2d, type DepthwiseConv2d, isLayer, layersOf, type TensorId } from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { BIAS_FRACTION_BITS, trainedCopy, WEIGHT_FRACTION_BITS } from './trained-copy';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/**
 * Gives the trained layers before the head their own copies of what they train.
 * Before: b6.ex = conv2d(x, b6.ex.w, b6.ex.b). After: b6.ex = conv2d(x, b6.ex.w.trained, b6.ex.b.trained).
 * Keeps: the outputs, as long as the copies hold their start values.
 */
export const addVariables = (scheme: TrainingScheme): Pass => ({
  name: 'add-variables',
  run: (graph) => {
    const draft = new GraphDraft(graph);
    const { first, weights, head } = trainedLayers(graph, scheme);
    const layers = layersOf(graph);
    const copy = (constant: TensorId, name: string, fractionBits: number): TensorId =>
      trainedCopy(graph, draft, constant, { name, fractionBits });
    const withVariables = (op: Conv2d | DepthwiseConv2d, layer: number): Conv2d | DepthwiseConv2d => {
      invariant(op.bias !== undefined, `${op.name} has no bias to train`);
      const trainsWeights = weights.has(layer);
      return {
        ...op,
        ...(trainsWeights && { weights: copy(op.weights, `${op.name}.w`, WEIGHT_FRACTION_BITS) }),
        bias: copy(op.bias, `${op.name}.b`, BIAS_FRACTION_BITS),
      };
    };
    const ops = graph.ops.map((op) => {
      if (!isLayer(op) || (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d')) return op;
      const layer = layers.indexOf(op);
      return layer >= first && layer < head ? withVariables(op, layer) : op;
    });
    return draft.finish(ops);
  },
});
