import { type Graph, layersOf } from '#libs/model/ir';
import type { SparseScheme } from './sparse-scheme';

/** Schemes that every model has a name for: the head alone, all biases and the head, everything. */
export const SCHEME_NAMES = ['last', 'bias', 'full'] as const;
export type SchemeName = (typeof SCHEME_NAMES)[number];

/**
 * What a name means for a model. Whether the model can be trained that far is for the graph to say (`trainingGraph`).
 * @param graph a normalised inference graph
 */
export function namedScheme(graph: Graph, name: SchemeName): SparseScheme {
  const layers = Math.max(0, layersOf(graph).length - 1);
  if (name === 'last') return { name, biasLayers: 0, weightLayers: [] };
  const weighted = name === 'full' ? Array.from({ length: layers }, (_, layer) => layer) : [];
  return { name, biasLayers: layers, weightLayers: weighted.map((layer) => ({ layer, ratio: 1 })) };
}
