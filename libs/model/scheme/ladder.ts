import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import { blocksOf, isPointwise } from './blocks';
import { schemeId } from './scheme-id';
import type { SparseScheme } from './sparse-scheme';

/** Which layers of a block train their weights. */
type Selection = (graph: Graph, block: readonly number[]) => readonly number[];

const pointwiseLayers: Selection = (graph, block) => {
  const layers = layersOf(graph);
  return block.filter((layer) => {
    const op = layers[layer];
    return op !== undefined && isPointwise(graph, op);
  });
};

/** The expansion of a bottleneck: where the contribution to accuracy per byte is largest (MCUNetV3, figure 5). */
const firstPointwiseLayer: Selection = (graph, block) => pointwiseLayers(graph, block).slice(0, 1);

const wholeLayers = (layers: readonly number[]) => layers.map((layer) => ({ layer, ratio: 1 }));

/** One scheme a block: biases from that block to the end, and of every block from it on the selected weights. */
function family(graph: Graph, prefix: string, select: Selection): readonly SparseScheme[] {
  const blocks = blocksOf(graph);
  return blocks.map((_, first) => {
    const suffix = blocks.slice(first);
    const weightLayers = wholeLayers(suffix.flatMap((block) => select(graph, block)));
    return { name: `${prefix}-b${first}`, biasLayers: suffix.flat().length, weightLayers };
  });
}

const headOnly: SparseScheme = { name: 'last', biasLayers: 0, weightLayers: [] };

function everything(graph: Graph): SparseScheme {
  const layers = blocksOf(graph).flat();
  return { name: 'full', biasLayers: layers.length, weightLayers: wholeLayers(layers) };
}

/**
 * The order of rungs: how far back training reaches, then how many layers train their weights. Reaching back beats piling up:
 * on real speech 22,720 weights of the last two blocks gave .962, 11,968 of the last three .973 (README, Numbers).
 */
const compareRungs = (a: SparseScheme, b: SparseScheme): number =>
  a.biasLayers - b.biasLayers || a.weightLayers.length - b.weightLayers.length;

/**
 * The schemes that a model offers, from the least training to the most (`compareRungs`): `last` (the head alone), `sparse-bN`
 * (biases from block N on, and each block's first pointwise weights), `pointwise-bN` (all pointwise weights), `full`.
 * Only schemes that can be trained on the graph; of two that train the same only the first.
 * @param graph a normalised inference graph
 */
export function schemeLadder(graph: Graph): readonly SparseScheme[] {
  const rungs = [
    headOnly,
    ...family(graph, 'sparse', firstPointwiseLayer).toReversed(),
    ...family(graph, 'pointwise', pointwiseLayers).toReversed(),
    everything(graph),
  ];
  const seen = new Set<number>();
  return rungs
    .filter((scheme) => {
      const isNew = !seen.has(schemeId(scheme));
      seen.add(schemeId(scheme));
      return isNew && trainabilityFault(graph, scheme) === undefined;
    })
    .sort(compareRungs);
}
