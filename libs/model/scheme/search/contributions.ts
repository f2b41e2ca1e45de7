import { at } from '#libs/base/result';

/** How much was learnt of the gains. */
export type ContributionSource =
  /** Fine-tuning runs on labelled rows. */
  | 'measured'
  /** Squared gradients of rows, labelled or not. */
  | 'gradients'
  /** Nothing but the network's structure. */
  | 'structure';

/** What training a fraction of a layer's input channels adds to training all biases. */
export interface RatioGain {
  /** In (0, 1]. */
  readonly ratio: number;
  readonly gain: number;
}

/**
 * What each part of a model adds to accuracy when it is trained (MCUNetV3, arXiv 2206.15472, section 3.2): the gains of
 * a scheme's parts are added up, which is an approximation that the paper's figure 5c supports.
 */
export interface Contributions {
  readonly source: ContributionSource;
  /** What a gain is a gain of, for people: "mean probability of the right class". */
  readonly unit: string;
  /** [layers before the head + 1]: the gain of training the biases of the last K layers, over the head alone; [0] is 0. */
  readonly bias: readonly number[];
  /** [layers before the head]: gains at rising ratios. An empty list: training this layer's weights is not offered. */
  readonly weights: readonly (readonly RatioGain[])[];
}

/** The fractions of a layer's channels that a search chooses from (arXiv 2206.15472), besides none. */
export const SEARCHED_RATIOS = [1 / 8, 1 / 4, 1 / 2, 1] as const;

/** A point of a curve of gains. */
export interface GainPoint {
  readonly at: number;
  readonly gain: number;
}

/**
 * The straight line between the neighbours of `x`; before the first point and after the last their gains.
 * @param points by rising `at`, at least one
 */
export function interpolatedGain(points: readonly GainPoint[], x: number): number {
  const after = points.findIndex((point) => point.at >= x);
  if (after < 0) return at(points, points.length - 1).gain;
  const right = at(points, after);
  if (after === 0 || right.at === x) return right.gain;
  const left = at(points, after - 1);
  return left.gain + ((right.gain - left.gain) * (x - left.at)) / (right.at - left.at);
}

/**
 * Contributions from a few runs: what was not run lies on the straight line between its neighbours, a layer's from (0, 0) on.
 * @param layers before the head
 * @param bias gains over the head alone at some K
 * @param weights by layer, gains over all biases at some ratios; layers that are missing are not offered
 */
export function contributionsFrom(
  layers: number,
  bias: readonly GainPoint[],
  weights: ReadonlyMap<number, readonly GainPoint[]>,
  about: Pick<Contributions, 'source' | 'unit'>,
): Contributions {
  const rising = (points: readonly GainPoint[]): readonly GainPoint[] =>
    [{ at: 0, gain: 0 }, ...points.filter((point) => point.at > 0)].sort((a, b) => a.at - b.at);
  const biasPoints = rising(bias);
  return {
    ...about,
    bias: Array.from({ length: layers + 1 }, (_, k) => interpolatedGain(biasPoints, k)),
    weights: Array.from({ length: layers }, (_, layer) => {
      const points = weights.get(layer);
      if (!points) return [];
      const curve = rising(points);
      return SEARCHED_RATIOS.map((ratio) => ({ ratio, gain: interpolatedGain(curve, ratio) }));
    }),
  };
}
