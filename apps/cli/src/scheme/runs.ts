import type { Graph } from '#libs/model/ir';
import { layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import {
  blocksOf,
  type Contributions,
  contributionsFrom,
  defaultRates,
  type GainPoint,
  namedScheme,
  type SparseScheme,
} from '#libs/model/scheme';
import type { LearningRates } from '#libs/model/session';

/** A fine-tuning run whose score tells the gain of one part. */
export type ContributionRun =
  | { readonly part: 'head'; readonly scheme: SparseScheme }
  | { readonly part: 'biases'; readonly scheme: SparseScheme; readonly layers: number }
  | {
      readonly part: 'weights';
      readonly scheme: SparseScheme;
      readonly layer: number;
      readonly ratio: number;
    };

/**
 * Every run trains at the rate of a sparse scheme, since the parts will train beside each other; the head alone at its own, as it
 * would be.
 */
export function ratesOfRun({ part, scheme }: ContributionRun): LearningRates {
  const sparse: SparseScheme = { ...scheme, weightLayers: [{ layer: 0, ratio: 1 / 2 }] };
  return defaultRates(part === 'head' ? scheme : sparse);
}

/** Ratios that are run; between them, and between them and 0, gains are on straight lines. */
const MEASURED_RATIOS = [1, 1 / 4] as const;

/**
 * A compact set of the runs of MCUNetV3's contribution analysis: the head alone; biases from every block's first layer on; behind all
 * trainable biases each layer's weights, whole and a quarter.
 */
export function contributionRuns(graph: Graph): readonly ContributionRun[] {
  const before = Math.max(0, layersOf(graph).length - 1);
  const isTrainable = ({ scheme }: ContributionRun): boolean =>
    trainabilityFault(graph, scheme) === undefined;
  const biases = blocksOf(graph)
    .toReversed()
    .map(([first = 0]): ContributionRun & { readonly part: 'biases' } => {
      const layers = before - first;
      return {
        part: 'biases',
        layers,
        scheme: { name: `biases-k${layers}`, biasLayers: layers, weightLayers: [] },
      };
    })
    .filter(isTrainable);
  const deepest = Math.max(0, ...biases.map(({ layers }) => layers));
  const weights = MEASURED_RATIOS.flatMap((ratio) =>
    Array.from({ length: deepest }, (_, i): ContributionRun => {
      const layer = before - 1 - i;
      const scheme = { name: `w${layer}-${ratio}`, biasLayers: deepest, weightLayers: [{ layer, ratio }] };
      return { part: 'weights', layer, ratio, scheme };
    }),
  ).filter(isTrainable);
  return [{ part: 'head', scheme: namedScheme(graph, 'last') }, ...biases, ...weights];
}

/**
 * Gains from the scores of the runs: of biases over the head alone, of weights over all biases.
 * @param scores one a run, larger is better
 */
export function measuredContributions(
  graph: Graph,
  runs: readonly ContributionRun[],
  scores: readonly number[],
  unit: string,
): Contributions {
  const scored = runs.map((run, i) => ({ run, score: scores[i] ?? 0 }));
  const head = scored.find(({ run }) => run.part === 'head')?.score ?? 0;
  const bias = scored.flatMap(({ run, score }): readonly GainPoint[] =>
    run.part === 'biases' ? [{ at: run.layers, gain: score - head }] : [],
  );
  const all = head + (bias.at(-1)?.gain ?? 0);
  const weights = new Map<number, readonly GainPoint[]>();
  for (const { run, score } of scored)
    if (run.part === 'weights')
      weights.set(run.layer, [...(weights.get(run.layer) ?? []), { at: run.ratio, gain: score - all }]);
  const before = Math.max(0, layersOf(graph).length - 1);
  return contributionsFrom(before, bias, weights, { source: 'measured', unit });
}
