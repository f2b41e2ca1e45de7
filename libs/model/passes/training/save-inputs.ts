import {
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  type Graph,
  layersOf,
  type Op,
  type SaveInput,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/** Of one channel a map is its plane; the caller's input is there all the time. */
const isSavedAlready = (graph: Graph, { input }: Conv2d | DepthwiseConv2d): boolean => {
  const { role, shape } = tensorOf(graph, input);
  return role === 'input' && shape.at(-1) === 1;
};

/**
 * Lets every layer whose weights are trained keep what its update needs of its input: the trained channels, as planes.
 * Before: y = conv2d(x, ..). After: x.saved = saveInput(x); y = conv2d(x, ..).
 * Keeps: all outputs. The map x need not outlive the layer any more, nor lie in memory as a whole.
 */
export const saveInputs = (scheme: TrainingScheme): Pass => ({
  name: 'save-inputs',
  run: (graph) => {
    const draft = new GraphDraft(graph);
    const { weights } = trainedLayers(graph, scheme);
    const layers = layersOf(graph);
    const saving = (op: Conv2d | DepthwiseConv2d, layer: number, channels: number): SaveInput => {
      const { shape, quantization } = tensorOf(graph, op.input);
      const pixels = elementCount(shape) / (shape.at(-1) ?? 1);
      const output = draft.add({
        name: `${op.name}.x`,
        type: 'int8',
        shape: [channels, pixels],
        role: 'activation',
        ...(quantization && { quantization }),
      });
      return { kind: 'saveInput', name: `${op.name}.save`, layer, input: op.input, output };
    };
    const ops = graph.ops.flatMap((op): readonly Op[] => {
      if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return [op];
      const layer = layers.indexOf(op);
      const channels = weights.get(layer);
      if (channels === undefined || isSavedAlready(graph, op)) return [op];
      return [saving(op, layer, channels), op];
    });
    return draft.finish(ops);
  },
});

/** Where the trained channels of a layer's input are when its weights are updated. */
export function savedInputOf(graph: Graph, layer: number, op: Conv2d | DepthwiseConv2d): TensorId {
  const saving = graph.ops.find(
    (candidate): candidate is SaveInput => candidate.kind === 'saveInput' && candidate.layer === layer,
  );
  return saving?.output ?? op.input;
}
