import { Rng } from '#libs/base/rng';
import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault, trainedChannels } from '#libs/model/passes';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { residualNetwork } from '#test/support/tiny-networks';
import { schemeAccounting } from '../accounting';
import type { SparseScheme } from '../sparse-scheme';
import { type Contributions, contributionsFrom, SEARCHED_RATIOS } from './contributions';
import { nextInLine, reasonsOf } from './explain';
import { gradientContributions } from './from-gradients';
import { headCost, trainedLayersOf } from './parts';
import { searchScheme } from './search';
import { structuralContributions } from './structure';

/** Gains that nothing is known of but that more channels gain more. */
function drawnGains(graph: Graph, rng: Rng): Contributions {
  const before = layersOf(graph).length - 1;
  const weights = Array.from({ length: before }, (_, layer) => {
    const [first, more] = [rng.below(100), rng.below(100)];
    return [
      layer,
      [
        { at: 1 / 8, gain: first },
        { at: 1, gain: first + more },
      ],
    ] as const;
  });
  const bias = Array.from({ length: before }, (_, i) => ({ at: i + 1, gain: rng.below(120) - 20 }));
  return contributionsFrom(before, bias, new Map(weights), { source: 'measured', unit: 'drawn' });
}

const gainIn = ({ bias, weights }: Contributions, scheme: SparseScheme): number =>
  scheme.weightLayers.reduce(
    (sum, { layer, ratio }) => sum + (weights[layer]?.find((each) => each.ratio === ratio)?.gain ?? 0),
    bias[scheme.biasLayers] ?? 0,
  );

/** Ratios that train other channels than the smaller ones do, and some. */
const ratiosOf = (graph: Graph, layer: number): readonly number[] => {
  const channels = (ratio: number): number => trainedChannels(graph, layersOf(graph)[layer]!, ratio);
  return SEARCHED_RATIOS.filter((ratio, i) => channels(ratio) > channels(SEARCHED_RATIOS[i - 1] ?? 0));
};

/** Every scheme of a small graph. */
function allSchemes(graph: Graph): readonly SparseScheme[] {
  const before = layersOf(graph).length - 1;
  return Array.from({ length: before + 1 }, (_, biasLayers) => {
    let lists: SparseScheme['weightLayers'][] = [[]];
    for (let layer = before - biasLayers; layer < before; layer++)
      lists = lists.flatMap((list) => [
        list,
        ...ratiosOf(graph, layer).map((ratio) => [...list, { layer, ratio }]),
      ]);
    return lists.map((weightLayers) => ({ name: 'tried', biasLayers, weightLayers }));
  })
    .flat()
    .filter((scheme) => trainabilityFault(graph, scheme) === undefined);
}

/** Of plans that leave nothing to be found. */
const planned = (bytes: number) => ({ peakBytes: bytes, likelyBytes: bytes, leastBytes: bytes });

describe('the search', () => {
  const graph = residualNetwork();
  const schemes = allSchemes(graph);
  /** What the search is exact for: the parts' bytes, and what depends on the reach alone. */
  const bytesOf = (scheme: SparseScheme): number =>
    1000 + 70 * scheme.biasLayers ** 2 + schemeAccounting(graph, scheme).totalBytes;
  const peakOf = (scheme: SparseScheme) => planned(bytesOf(scheme));

  it('finds what trying every scheme finds, at any budget', () => {
    const rng = new Rng(3);
    expect(schemes.length).toBeGreaterThan(100);
    for (let round = 0; round < 40; round++) {
      const contributions = drawnGains(graph, rng);
      const arenaBytes = 1000 + rng.below(3500);
      const { best, fitting } = searchScheme({ graph, contributions, arenaBytes }, peakOf);
      const gains = schemes
        .filter((scheme) => bytesOf(scheme) <= arenaBytes)
        .map((scheme) => gainIn(contributions, scheme));
      if (gains.length === 0) {
        expect([best, fitting]).toEqual([undefined, []]);
        continue;
      }
      expect(best!.gain).toBeCloseTo(Math.max(...gains), 6);
      expect(fitting[0]).toBe(best);
      expect(best!.peakBytes).toBe(bytesOf(best!.scheme));
      expect(gainIn(contributions, best!.scheme)).toBeCloseTo(best!.gain, 6);
    }
  });

  it('keeps to what may be uploaded', () => {
    const contributions = structuralContributions(graph);
    const free = searchScheme({ graph, contributions, arenaBytes: 1e6 }, peakOf).best!;
    const uploadOf = ({ bias, weights }: typeof free): number =>
      weights.reduce((sum, part) => sum + part.uploadBytes, bias.uploadBytes);
    const held = searchScheme(
      { graph, contributions, arenaBytes: 1e6, uploadBytes: 120 + headCost(graph).uploadBytes },
      peakOf,
    ).best!;
    expect(uploadOf(free)).toBeGreaterThan(120);
    expect(uploadOf(held)).toBeLessThanOrEqual(120);
    expect(
      searchScheme({ graph, contributions, arenaBytes: 1e6, uploadBytes: 1 }, peakOf).best,
    ).toBeUndefined();
  });

  it('keeps to a number of trained layers, and finds what trying every scheme with no more finds', () => {
    const rng = new Rng(5);
    const contributions = drawnGains(graph, rng);
    const arenaBytes = 3000;
    for (const trainedLayers of [0, 1, 2, 3, 5]) {
      const { fitting } = searchScheme({ graph, contributions, arenaBytes, trainedLayers }, peakOf);
      const gains = schemes
        .filter((scheme) => bytesOf(scheme) <= arenaBytes)
        .filter(({ biasLayers, weightLayers }) => biasLayers + weightLayers.length <= trainedLayers)
        .map((scheme) => gainIn(contributions, scheme));
      expect(fitting[0]!.gain).toBeCloseTo(Math.max(...gains), 6);
      for (const candidate of fitting) expect(trainedLayersOf(candidate)).toBeLessThanOrEqual(trainedLayers);
    }
  });

  it('gives the same answer again, and plans a bounded number of schemes', () => {
    const kws = kwsDigitsGraph();
    const request = { graph: kws, contributions: structuralContributions(kws), arenaBytes: 60_000 };
    // A third of the accounting comes and goes: the search's picture is wrong, as that of a real plan is.
    const odd = (scheme: SparseScheme) => {
      const { activationBytes, weightBytes } = schemeAccounting(kws, scheme);
      return planned(14_000 + weightBytes + activationBytes / 3);
    };
    const first = searchScheme(request, odd);
    expect(searchScheme(request, odd)).toEqual(first);
    expect(first.plans).toBeLessThanOrEqual(32);
    expect(first.best!.peakBytes).toBeLessThanOrEqual(60_000);
    expect(first.best!.peakBytes).toBeGreaterThan(57_000);
  });
});

describe('the explanation', () => {
  const graph = kwsDigitsGraph();
  const contributions = structuralContributions(graph);
  const { best } = searchScheme({ graph, contributions, arenaBytes: 30_000 }, (scheme) =>
    planned(schemeAccounting(graph, scheme).totalBytes),
  );

  it('names every part, and its gains and bytes add up to those of the scheme', () => {
    const why = reasonsOf(graph, best!);
    expect(why.map(({ part }) => part)).toEqual(['biases', ...best!.weights.map(() => 'weights')]);
    expect(why.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(best!.gain, 9);
    const { weightBytes } = schemeAccounting(graph, best!.scheme);
    expect(why.reduce((sum, { copiedBytes }) => sum + copiedBytes, 0)).toBe(weightBytes);
  });

  it('tells what is next: steps up that the scheme does not have, the most per byte first', () => {
    const next = nextInLine(graph, contributions, best!);
    expect(next.length).toBeGreaterThan(0);
    for (const { layer, from, ratio, gain } of next) {
      expect(best!.scheme.weightLayers.find((each) => each.layer === layer)?.ratio ?? 0).toBe(from);
      expect(ratio).toBeGreaterThan(from);
      expect(gain).toBeGreaterThan(0);
    }
    const rates = next.map(({ gainPerKilobyte }) => gainPerKilobyte);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  });
});

describe('contributions', () => {
  it('lie on straight lines between what was run, from nothing on', () => {
    const points = new Map([
      [
        1,
        [
          { at: 1, gain: 8 },
          { at: 1 / 4, gain: 6 },
        ],
      ],
    ]);
    const { bias, weights } = contributionsFrom(
      3,
      [
        { at: 3, gain: 3 },
        { at: 1, gain: 2 },
      ],
      points,
      { source: 'measured', unit: '' },
    );
    expect(bias).toEqual([0, 2, 2.5, 3]);
    expect(weights[0]).toEqual([]);
    expect(weights[1]!.map(({ gain }) => gain)).toEqual([3, 6, 6 + 2 / 3, 8]);
  });

  it('by gradients are roots of energies beside the best layer’s, of biases summed from the back', () => {
    const { bias, weights } = gradientContributions(2, [
      { layer: 0, bias: 4, weights: [1, 1, 1, 1] },
      { layer: 1, bias: 1, weights: [9, 0, 7, 0] },
    ]);
    expect(weights[1]!.map(({ gain }) => gain)).toEqual([0, 3 / 4, 3 / 4, 1]);
    expect(weights[0]!.at(-1)!.gain).toBe(1 / 2);
    expect(bias[2]! - bias[1]!).toBeCloseTo(2 * bias[1]!, 12);
  });

  it('by structure rank as the measured ones of kws-digits do', () => {
    const { weights } = structuralContributions(kwsDigitsGraph());
    const whole = weights.map((gains) => gains.at(-1)?.gain ?? 0);
    const first = (a: number, b: number): void => expect(whole[a]!).toBeGreaterThan(whole[b]!);
    first(15, 12);
    first(12, 10);
    first(9, 6);
    first(11, 13);
    first(13, 16);
  });
});
