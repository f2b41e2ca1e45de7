import { elementCount, type Graph, type LayerOp, layersOf, tensorOf } from '#libs/model/ir';
import { at } from '#libs/base/result';
import type { SparseScheme } from './sparse-scheme';

/** Numbers that a scheme trains, the head included. */
export interface TrainedParameters {
  readonly weights: number;
  readonly biases: number;
}

/** Bytes by the field's formula (MCUNetV3's public code): backbone only; gradients and the forward peak are not in it. */
export interface SchemeAccounting {
  /** Saved inputs of weight-trained layers, clamp masks, the head's input. */
  readonly activationBytes: number;
  /** Copies of the trained weights (int8) and biases (int32), the head's left out. */
  readonly weightBytes: number;
  readonly totalBytes: number;
}

const elements = (graph: Graph, id: LayerOp['output']): number => elementCount(tensorOf(graph, id).shape);

const channelsOf = (graph: Graph, op: LayerOp): number => tensorOf(graph, op.output).shape.at(-1) ?? 0;

/** The layers of a scheme: those whose biases are trained, and which of them train their weights too. */
function trainedOf(graph: Graph, scheme: SparseScheme) {
  const layers = layersOf(graph);
  const head = at(layers, layers.length - 1);
  const biased = layers.slice(layers.length - 1 - scheme.biasLayers, -1);
  return { head, biased, weighted: scheme.weightLayers.map(({ layer }) => at(layers, layer)) };
}

const sum = (items: readonly LayerOp[], of: (op: LayerOp) => number): number =>
  items.reduce((total, op) => total + of(op), 0);

export function trainedParameters(graph: Graph, scheme: SparseScheme): TrainedParameters {
  const { head, biased, weighted } = trainedOf(graph, scheme);
  return {
    weights: sum([...weighted, head], (op) => elements(graph, op.weights)),
    biases: sum([...biased, head], (op) => channelsOf(graph, op)),
  };
}

export function schemeAccounting(graph: Graph, scheme: SparseScheme): SchemeAccounting {
  const { head, biased, weighted } = trainedOf(graph, scheme);
  const maskBits = sum(biased, (op) => elements(graph, op.output));
  const savedBytes = sum([...weighted, head], (op) => elements(graph, op.input));
  const weightBytes =
    sum(weighted, (op) => elements(graph, op.weights)) + 4 * sum(biased, (op) => channelsOf(graph, op));
  const activationBytes = savedBytes + maskBits / 8;
  return { activationBytes, weightBytes, totalBytes: activationBytes + weightBytes };
}
