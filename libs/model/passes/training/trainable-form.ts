import {
  type AveragePool2d,
  type Conv2d,
  elementCount,
  type FullyConnected,
  type Graph,
  headLayerOf,
  layersOf,
  type MaxPool2d,
  NO_PADDING,
  type Op,
  type Tensor,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { gradientFlow } from './gradient-flow';
import { trainedLayers, type TrainingScheme } from './trained-layers';

const POINT = { height: 1, width: 1 } as const;

/** The constant [O,I] as [O,1,1,I]: the same bytes in the parameter image. */
function asFilter(graph: Graph, draft: GraphDraft, weights: TensorId): TensorId {
  const { name, type, shape, quantization, data } = tensorOf(graph, weights);
  const [outputs = 0, inputs = 0] = shape;
  return draft.add({
    name: `${name}.filter`,
    type,
    shape: [outputs, 1, 1, inputs],
    role: 'constant',
    ...(quantization && { quantization }),
    ...(data && { data }),
    startsFrom: weights,
  });
}

/** A tensor like `of`, of another name and shape. */
function like(of: Tensor, name: string, shape: readonly number[]): Omit<Tensor, 'id'> {
  const { type, quantization } = of;
  return { name, type, shape, role: 'activation', ...(quantization && { quantization }) };
}

function asConvolution(graph: Graph, draft: GraphDraft, op: FullyConnected): readonly Op[] {
  const [outputs = 0, inputs = 0] = tensorOf(graph, op.weights).shape;
  const rows = elementCount(tensorOf(graph, op.output).shape) / outputs;
  const from = draft.add(like(tensorOf(graph, op.input), `${op.name}.in`, [1, rows, 1, inputs]));
  const to = draft.add(like(tensorOf(graph, op.output), `${op.name}.map`, [1, rows, 1, outputs]));
  const { name, bias, activation } = op;
  const window = { stride: POINT, dilation: POINT, padding: NO_PADDING };
  const convolution: Conv2d = {
    kind: 'conv2d',
    name,
    input: from,
    weights: asFilter(graph, draft, op.weights),
    ...(bias !== undefined && { bias }),
    output: to,
    window,
    activation,
  };
  return [
    { kind: 'reshape', name: `${name}.map`, input: op.input, output: from },
    convolution,
    { kind: 'reshape', name: `${name}.rows`, input: to, output: op.output },
  ];
}

/** The clamp of a pool as an operator: a mean or maximum of int8 is within int8 before it. */
function withoutClamp(graph: Graph, draft: GraphDraft, op: AveragePool2d | MaxPool2d): readonly Op[] {
  const { activation } = op;
  if (activation === 'none') return [op];
  const clamped = tensorOf(graph, op.output);
  const unclamped = draft.add(like(clamped, `${op.name}.open`, clamped.shape));
  return [
    { ...op, output: unclamped, activation: 'none' },
    {
      kind: 'unary',
      name: `${op.name}.clamp`,
      function: { name: activation },
      input: unclamped,
      output: op.output,
    },
  ];
}

/**
 * Brings operators that a gradient comes back through into the form in which gradients are known.
 * Before: y = fullyConnected(x, w, b); y = pool(x) with a clamp.
 * After: y = reshape(conv2d(reshape(x), w, b)), a 1x1 convolution of a map one column wide; y = clamp(pool(x)).
 * Keeps: all outputs, the numbers of layers, constants where they lie in the parameter image. The head stays what it is.
 */
export const trainableForm = (scheme: TrainingScheme): Pass => ({
  name: 'trainable-form',
  run: (graph: Graph): Graph => {
    const draft = new GraphDraft(graph);
    const flow = gradientFlow(graph, trainedLayers(graph, scheme));
    const head = headLayerOf(graph);
    const headOp = head === undefined ? undefined : layersOf(graph)[head];
    const rewritten = graph.ops.flatMap((op): readonly Op[] => {
      if (op === headOp || !('output' in op) || !flow.has(op.output)) return [op];
      if (op.kind === 'fullyConnected') {
        invariant(op.bias !== undefined, `${op.name} has no bias to train`);
        return asConvolution(graph, draft, op);
      }
      return op.kind === 'averagePool2d' || op.kind === 'maxPool2d' ? withoutClamp(graph, draft, op) : [op];
    });
    return draft.finish(rewritten);
  },
});
