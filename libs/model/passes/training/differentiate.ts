import type { Graph } from '#libs/model/ir';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { BackwardWriter } from './backward-writer';
import { backboneOf, gradientFlow } from './gradient-flow';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/**
 * Appends the backward half of a step, from the loss to the first trained layer, each update as soon as its gradient is
 * there and after the input gradient, which needs the old weights (N5, N6).
 * Before: the forward half with variables, masks and what the loss is computed of.
 * After: + the loss and the head's gradient and update, then for every operator on the gradient's way, last first, what gives the
 *   gradients of its operands; for a layer [copyGradient] scaleGradient [inputGradient] biasUpdate [weightUpdate].
 * Keeps: the forward half.
 */
export const differentiate = (scheme: TrainingScheme): Pass => ({
  name: 'differentiate',
  run: (graph: Graph): Graph => {
    const trained = trainedLayers(graph, scheme);
    const flow = gradientFlow(graph, trained);
    const writer = new BackwardWriter(graph, new GraphDraft(graph), flow, trained);
    writer.writeLoss();
    for (const op of backboneOf(graph).toReversed()) {
      if ('output' in op && flow.has(op.output)) writer.write(op);
    }
    return writer.finish();
  },
});
