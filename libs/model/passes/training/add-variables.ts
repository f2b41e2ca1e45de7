import {
  type Conv2d,
  type DepthwiseConv2d,
  headLayerOf,
  isLayer,
  layersOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { BIAS_FRACTION_BITS, firstChannels, trainedCopy, WEIGHT_FRACTION_BITS } from './trained-copy';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/**
 * Gives the trained layers before the head (all of them, where there is no wide head) their own copies of what they train.
 * Before: b6.ex = conv2d(x, b6.ex.w, b6.ex.b). After: b6.ex = conv2d(x, b6.ex.w.trained, b6.ex.b.trained).
 * Of a layer whose weights are trained in part, the copy has the trained input channels only, and stands beside the constant.
 * Keeps: the outputs, as long as the copies hold their start values.
 */
export const addVariables = (scheme: TrainingScheme): Pass => ({
  name: 'add-variables',
  run: (graph) => {
    const draft = new GraphDraft(graph);
    const { first, weights, head } = trainedLayers(graph, scheme);
    const layers = layersOf(graph);
    const last = headLayerOf(graph) === undefined ? head : head - 1;
    const copy = (constant: TensorId, name: string, fractionBits: number): TensorId =>
      trainedCopy(graph, draft, constant, { name, fractionBits });
    const withWeights = (op: Conv2d | DepthwiseConv2d, channels: number): Partial<Conv2d> => {
      const name = `${op.name}.w`;
      const constant = tensorOf(graph, op.weights);
      const columns = op.kind === 'depthwiseConv2d' ? channels * op.multiplier : channels;
      if (columns === constant.shape.at(-1)) return { weights: copy(op.weights, name, WEIGHT_FRACTION_BITS) };
      const part = { name, fractionBits: WEIGHT_FRACTION_BITS, ...firstChannels(constant, columns) };
      return { trainedWeights: trainedCopy(graph, draft, op.weights, part) };
    };
    const withVariables = (op: Conv2d | DepthwiseConv2d, layer: number): Conv2d | DepthwiseConv2d => {
      invariant(op.bias !== undefined, `${op.name} has no bias to train`);
      const channels = weights.get(layer);
      return {
        ...op,
        ...(channels !== undefined && withWeights(op, channels)),
        bias: copy(op.bias, `${op.name}.b`, BIAS_FRACTION_BITS),
      };
    };
    const ops = graph.ops.map((op) => {
      if (!isLayer(op) || (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d')) return op;
      const layer = layers.indexOf(op);
      return layer >= first && layer <= last ? withVariables(op, layer) : op;
    });
    return draft.finish(ops);
  },
});
