import { type Graph, layersOf } from '#libs/model/ir';
import { type SchemeFault, schemeFault } from './scheme-fault';

/** Fraction of a layer's input channels whose weights are trained; only 1 is implemented. */
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
  readonly weights: ReadonlySet<number>;
}

export function trainedLayers(graph: Graph, scheme: TrainingScheme): TrainedLayers {
  const head = layersOf(graph).length - 1;
  return {
    head,
    first: head - scheme.biasLayers,
    weights: new Set(scheme.weightLayers.map(({ layer }) => layer)),
  };
}

/** Why the scheme is not one of this graph, if it is not. */
export function schemeFaultOf(graph: Graph, scheme: TrainingScheme): SchemeFault | undefined {
  const invalid = (message: string): SchemeFault =>
    schemeFault('scheme.invalid', `scheme ${scheme.name}: ${message}`);
  const { head, first, weights } = trainedLayers(graph, scheme);
  if (!Number.isInteger(scheme.biasLayers) || scheme.biasLayers < 0 || first < 0) {
    return invalid(
      `trains the biases of ${scheme.biasLayers} layers; ${graph.name} has ${head} before the head`,
    );
  }
  if (weights.size !== scheme.weightLayers.length) return invalid('names a weight layer twice');
  for (const { layer, ratio } of scheme.weightLayers) {
    if (!Number.isInteger(layer) || layer < first || layer >= head) {
      return invalid(`weight layer ${layer} is not among the bias-trained layers ${first}..${head - 1}`);
    }
    if (ratio !== 1)
      return invalid(`layer ${layer} has ratio ${ratio}; only whole layers (ratio 1) can be trained`);
  }
  return undefined;
}
