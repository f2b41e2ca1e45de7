import {
  type Graph,
  type Head,
  layersOf,
  objectiveOf,
  type TensorId,
  tensorOf,
  type Unary,
} from '#libs/model/ir';
import { at, unwrap } from '#libs/base/result';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { classifierOf } from './classifier';
import { BIAS_FRACTION_BITS, HEAD_FRACTION_BITS, trainedCopy } from './trained-copy';

function withHead(graph: Graph): Graph {
  const classifier = unwrap(classifierOf(graph));
  const { dense, position, classes } = classifier;
  const draft = new GraphDraft(graph);
  const features = tensorOf(graph, dense.weights).shape.at(-1) ?? 0;
  const wide = { type: 'int16', shape: [classes, features], fractionBits: HEAD_FRACTION_BITS } as const;
  const weights = trainedCopy(graph, draft, dense.weights, { name: `${dense.name}.w`, ...wide });
  const bias = trainedCopy(graph, draft, classifier.bias, {
    name: `${dense.name}.b`,
    fractionBits: BIAS_FRACTION_BITS,
  });
  const output = draft.add({
    name: `${dense.name}.logits`,
    type: 'int32',
    shape: [classes],
    role: 'activation',
  });
  const layer = layersOf(graph).length - 1;
  const head: Head = { kind: 'head', name: dense.name, layer, input: dense.input, weights, bias, output };
  return draft.finish([...graph.ops.slice(0, position), head], [output]);
}

/** Tensors that `withTarget` makes. */
const TARGET_NAME = 'target';

/** What a network that gives its input again should have given. */
export const targetOf = (graph: Graph): TensorId | undefined =>
  graph.ops.find((op): op is Unary => op.kind === 'unary' && op.name === TARGET_NAME)?.output;

/** The input as it would come out: in the output's quantisation and shape. */
function withTarget(graph: Graph): Graph {
  const draft = new GraphDraft(graph);
  const { shape, quantization } = tensorOf(graph, at(graph.outputs, 0));
  const output = draft.add({
    name: TARGET_NAME,
    type: 'int8',
    shape,
    role: 'activation',
    ...(quantization && { quantization }),
  });
  const input = at(graph.inputs, 0);
  const requantize: Unary = {
    kind: 'unary',
    name: TARGET_NAME,
    function: { name: 'requantize' },
    input,
    output,
  };
  return draft.finish([...graph.ops, requantize]);
}

/**
 * Ends the forward half in what the loss is computed of. The wide head of N2, always trained: its logits become the output. Its
 * weights become int16 [K,C] with 4 fractional bits: the same numbers, with room to grow to +-512 (N1).
 * Before: y = softmax(fullyConnected(features, fc.w, fc.b)). After: fc.logits = head(features, fc.w.trained, fc.b.trained).
 * A network that gives its input again gets that input in the output's quantisation: target = requantize(input).
 * Keeps: everything before the classifier; the prediction but for rounding (logits are not requantised to int8).
 */
export const splitHead: Pass = {
  name: 'split-head',
  run: (graph) => {
    const objective = objectiveOf(graph);
    if (objective === 'classify') return withHead(graph);
    return objective === 'reconstruct' ? withTarget(graph) : graph;
  },
};
