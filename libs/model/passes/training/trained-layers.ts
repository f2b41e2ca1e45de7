import { type Graph, headLayerOf, type LayerOp, layersOf, tensorOf } from '#libs/model/ir';
import { type SchemeFault, schemeFault } from './scheme-fault';

/**
 * Fraction in (0, 1] of a layer's input channels whose weights are trained: the first floor(channels * ratio) of them, as in
 * the field's compiled graphs (which channels they are hardly matters, arXiv 2206.15472). Depthwise layers: of their channels.
 */
export interface LayerRatio {
  readonly layer: number;
  readonly ratio: number;
}

/**
 * What is trained, in the encoding of the field (MCUNetV3, arXiv 2206.15472): the biases of the last `biasLayers` convolutions (the
 * head not counted), the weights of `weightLayers` among them, and always the head.
 */
export interface TrainingScheme {
  readonly name: string;
  readonly biasLayers: number;
  readonly weightLayers: readonly LayerRatio[];
}

/** A scheme laid on the layers of a graph (numbers of N8). */
export interface TrainedLayers {
  /** The head: n-1. */
  readonly head: number;
  /** The first trained layer; the head's number where only the head is trained. */
  readonly first: number;
  /** Layers with trained weights, and how many of their input channels those take. */
  readonly weights: ReadonlyMap<number, number>;
}

/** How many of the input channels of `op` a ratio trains. */
export const trainedChannels = (graph: Graph, op: LayerOp, ratio: number): number =>
  Math.floor((tensorOf(graph, op.input).shape.at(-1) ?? 0) * ratio);

/** A network without a wide head trains the weights of its last layer instead, as those of every other. */
function lastLayer(graph: Graph): readonly (readonly [number, number])[] {
  const last = layersOf(graph).at(-1);
  if (!last || headLayerOf(graph) !== undefined) return [];
  return [[layersOf(graph).length - 1, trainedChannels(graph, last, 1)]];
}

export function trainedLayers(graph: Graph, scheme: TrainingScheme): TrainedLayers {
  const layers = layersOf(graph);
  const head = layers.length - 1;
  const channels = scheme.weightLayers.map(({ layer, ratio }): readonly [number, number] => {
    const op = layers[layer];
    return [layer, op ? trainedChannels(graph, op, ratio) : 0];
  });
  return {
    head,
    first: head - scheme.biasLayers,
    weights: new Map([...channels.filter(([, count]) => count > 0), ...lastLayer(graph)]),
  };
}

/** Why the scheme is not one of this graph, if it is not. */
export function schemeFaultOf(graph: Graph, scheme: TrainingScheme): SchemeFault | undefined {
  const invalid = (message: string): SchemeFault =>
    schemeFault('scheme.invalid', `scheme ${scheme.name}: ${message}`);
  const { head, first } = trainedLayers(graph, scheme);
  if (!Number.isInteger(scheme.biasLayers) || scheme.biasLayers < 0 || first < 0) {
    return invalid(
      `trains the biases of ${scheme.biasLayers} layers; ${graph.name} has ${head} before the head`,
    );
  }
  const named = new Set(scheme.weightLayers.map(({ layer }) => layer));
  if (named.size !== scheme.weightLayers.length) return invalid('names a weight layer twice');
  for (const { layer, ratio } of scheme.weightLayers) {
    if (!Number.isInteger(layer) || layer < first || layer >= head) {
      return invalid(`weight layer ${layer} is not among the bias-trained layers ${first}..${head - 1}`);
    }
    if (!(ratio > 0 && ratio <= 1))
      return invalid(`layer ${layer} has ratio ${ratio}; more than 0 and at most 1 can be trained`);
  }
  return undefined;
}
