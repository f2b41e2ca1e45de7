import { type Graph } from '#libs/model/ir';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { BackwardWriter } from './backward-writer';
import { backboneOf, gradientFlow } from './gradient-flow';
import { headOf } from './head-of';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/**
 * Appends the backward half of a step, from the loss to the first trained layer, each update as soon as its gradient is
 * there and after the input gradient, which needs the old weights (N5, N6).
 * Before: the forward half with variables, masks and head.
 * After: + softmaxCrossEntropy, headInputGradient, headUpdate, and for every layer on the gradient's way, last first:
 *   [copyGradient] scaleGradient [inputGradient] biasUpdate [weightUpdate].
 * Keeps: the forward half.
 */
export const differentiate = (scheme: TrainingScheme): Pass => ({
  name: 'differentiate',
  run: (graph: Graph): Graph => {
    const { pool } = headOf(graph);
    const trained = trainedLayers(graph, scheme);
    const backbone = backboneOf(graph, pool);
    const flow = gradientFlow(graph, backbone, trained);
    const writer = new BackwardWriter(graph, new GraphDraft(graph), flow, trained);
    writer.writeHead(flow.has(pool.input));
    for (const op of backbone.toReversed()) {
      if (!('output' in op) || !flow.has(op.output)) continue;
      if (op.kind === 'add') writer.writeAdd(op);
      else if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') writer.writeLayer(op);
    }
    return writer.finish();
  },
});
