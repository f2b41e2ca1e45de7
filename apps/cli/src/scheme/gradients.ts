import { ok, type Result } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Graph, graphMacs, layersOf, objectiveOf, tensorBytes, tensorOf } from '#libs/model/ir';
import { trainabilityFault, trainingGraph } from '#libs/model/passes';
import { type EnergyRow, gradientEnergies } from '#libs/model/reference';
import {
  type Contributions,
  gradientContributions,
  namedScheme,
  type SparseScheme,
  structuralContributions,
} from '#libs/model/scheme';

/** Enough for a stable order of layers. */
const MOST_ROWS = 32;
/** Of large networks fewer: seconds (multiply-accumulates of the reference's forward halves). */
const MOST_MACS = 400_000_000;
const LEAST_ROWS = 4;
const SEED = 0x5c4e4d45;

/** Rows of noise over the whole range of the input, always the same. */
export function noiseRows(graph: Graph): readonly EnergyRow[] {
  const [input] = graph.inputs;
  const bytes = input === undefined ? 0 : tensorBytes(tensorOf(graph, input));
  const rng = new Rng(SEED);
  return Array.from({ length: MOST_ROWS }, () => ({
    features: Int8Array.from({ length: bytes }, () => rng.below(256) - 128),
  }));
}

/** All that can be trained, front to back as far as gradients reach. */
function widest(graph: Graph): SparseScheme {
  const layers = Math.max(0, layersOf(graph).length - 1);
  const reaching = (biasLayers: number): SparseScheme => {
    const base = { name: 'widest', biasLayers, weightLayers: [] };
    const weightLayers = Array.from({ length: biasLayers }, (_, i) => ({
      layer: layers - biasLayers + i,
      ratio: 1,
    })).filter((part) => trainabilityFault(graph, { ...base, weightLayers: [part] }) === undefined);
    return { ...base, weightLayers };
  };
  for (let biasLayers = layers; biasLayers > 0; biasLayers--) {
    const scheme = reaching(biasLayers);
    if (trainabilityFault(graph, scheme) === undefined) return scheme;
  }
  return namedScheme(graph, 'last');
}

/**
 * Contributions by the gradients of up to `MOST_ROWS` rows (of large networks fewer), evenly taken; by structure for a network that tells no classes apart.
 * Refused: as `trainingGraph` refuses.
 */
export function contributionsByGradients(graph: Graph, rows: readonly EnergyRow[]): Result<Contributions> {
  const training = trainingGraph(graph, widest(graph));
  if (!training.ok) return training;
  if (objectiveOf(training.value) !== 'classify') return ok(structuralContributions(graph));
  const most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_MACS / graphMacs(graph))));
  const every = Math.max(1, Math.floor(rows.length / most));
  const taken = rows.filter((_, i) => i % every === 0).slice(0, most);
  return ok(
    gradientContributions(Math.max(0, layersOf(graph).length - 1), gradientEnergies(training.value, taken)),
  );
}
