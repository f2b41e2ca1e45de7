import { type Conv2d, type DepthwiseConv2d, sliceOf, tensorOf, wholeIndex } from '#libs/model/ir';
import type { Machine } from '../machine';

/** The weights that a layer computes with at this moment, in storage order: trained in part, they are those of two tensors. */
export function layerWeights(op: Conv2d | DepthwiseConv2d, { graph, memory }: Machine): () => Int8Array {
  const weights = memory.int8(op.weights);
  if (op.trainedWeights === undefined) return () => weights;
  const trained = memory.int8(op.trainedWeights);
  const slice = sliceOf(graph, tensorOf(graph, op.trainedWeights));
  return () => {
    const whole = weights.slice();
    trained.forEach((weight, i) => {
      whole[wholeIndex(slice, i)] = weight;
    });
    return whole;
  };
}
