import { elementCount, type Graph, type LayerOp, layersOf, tensorOf } from '#libs/model/ir';
import { trainedChannels } from '#libs/model/passes';
import { at } from '#libs/base/result';
import type { SparseScheme } from './sparse-scheme';

/** Numbers that a scheme trains, the head included. */
export interface TrainedParameters {
  readonly weights: number;
  readonly biases: number;
}

/** Bytes by the field's formula (MCUNetV3's public code): backbone only; gradients and the forward peak are not in it. */
export interface SchemeAccounting {
  /** Saved inputs of weight-trained layers (their trained channels only), clamp masks, the head's input. */
  readonly activationBytes: number;
  /** Copies of the trained weights (int8) and biases (int32), the head's left out. */
  readonly weightBytes: number;
  readonly totalBytes: number;
}

const elements = (graph: Graph, id: LayerOp['output']): number => elementCount(tensorOf(graph, id).shape);

const channelsOf = (graph: Graph, op: LayerOp): number => tensorOf(graph, op.output).shape.at(-1) ?? 0;

/** The part of a layer whose weights are trained: so many of its input channels. */
interface Trained {
  readonly op: LayerOp;
  readonly channels: number;
}

/** The layers of a scheme: those whose biases are trained, and what is trained of the weights. */
function trainedOf(graph: Graph, scheme: SparseScheme) {
  const layers = layersOf(graph);
  const head = at(layers, layers.length - 1);
  const biased = layers.slice(layers.length - 1 - scheme.biasLayers, -1);
  const weighted = scheme.weightLayers.map(({ layer, ratio }): Trained => {
    const op = at(layers, layer);
    return { op, channels: trainedChannels(graph, op, ratio) };
  });
  return { head, biased, weighted };
}

const inputChannels = (graph: Graph, op: LayerOp): number => tensorOf(graph, op.input).shape.at(-1) ?? 0;

/** Weights behind the trained channels: the same number behind each. */
const trainedWeights = (graph: Graph, { op, channels }: Trained): number =>
  (elements(graph, op.weights) / inputChannels(graph, op)) * channels;

/** Elements of the input in the trained channels. */
const savedElements = (graph: Graph, { op, channels }: Trained): number =>
  (elements(graph, op.input) / inputChannels(graph, op)) * channels;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

export function trainedParameters(graph: Graph, scheme: SparseScheme): TrainedParameters {
  const { head, biased, weighted } = trainedOf(graph, scheme);
  return {
    weights: sum(weighted, (part) => trainedWeights(graph, part)) + elements(graph, head.weights),
    biases: sum([...biased, head], (op) => channelsOf(graph, op)),
  };
}

/** Masks are counted by the bit, and their last byte in full; all else by the byte. */
export function schemeAccounting(graph: Graph, scheme: SparseScheme): SchemeAccounting {
  const { head, biased, weighted } = trainedOf(graph, scheme);
  const maskBits = sum(biased, (op) => elements(graph, op.output));
  const savedBytes = sum(weighted, (part) => savedElements(graph, part)) + elements(graph, head.input);
  const weightBytes =
    sum(weighted, (part) => trainedWeights(graph, part)) + 4 * sum(biased, (op) => channelsOf(graph, op));
  const activationBytes = savedBytes + Math.ceil(maskBits / 8);
  return { activationBytes, weightBytes, totalBytes: activationBytes + weightBytes };
}
