import { at } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import { schemeId } from '../scheme-id';
import type { SparseScheme } from '../sparse-scheme';
import type { Contributions } from './contributions';
import { bestSelection, type KnapsackOption } from './knapsack';
import {
  type BiasPart,
  biasPart,
  headCost,
  schemeOf,
  trainableReaches,
  type WeightPart,
  weightParts,
} from './parts';

/** A scheme as the search sees it: its parts, what they gain together, and what the whole step takes. */
export interface Candidate {
  readonly scheme: SparseScheme;
  readonly bias: BiasPart;
  /** By layer. */
  readonly weights: readonly WeightPart[];
  /** Expected, over training the head alone. */
  readonly gain: number;
  /** Of the planned step. */
  readonly peakBytes: number;
}

/** What is searched for. */
export interface SearchRequest {
  /** A normalised inference graph. */
  readonly graph: Graph;
  readonly contributions: Contributions;
  /** That the planned step must fit. */
  readonly arenaBytes: number;
  /** That an encoded delta should not exceed, as estimated. */
  readonly uploadBytes?: number;
}

/** The planned peak of a scheme's training step. Slow: it is asked a bounded number of times. */
export type PeakOf = (scheme: SparseScheme) => number;

/** What a search found. */
export interface Searched {
  /** The best that fits; absent: nothing does. */
  readonly best: Candidate | undefined;
  /** The least peak that was seen. */
  readonly smallestPeakBytes: number;
  /** Schemes that were planned. */
  readonly plans: number;
}

/** So many schemes are planned at most. */
const MOST_PLANS = 32;
/** So many for one reach of the biases. */
const MOST_ROUNDS = 5;
/** So many neighbours of the best are planned before it stands. */
const MOST_NEIGHBOURS = 6;

/**
 * The scheme of the largest expected gain whose planned step fits (MCUNetV3, arXiv 2206.15472, section 3.2, solved exactly instead of
 * by evolution).
 *
 * For every K (biases of the last K layers) the weights' part is a multiple-choice knapsack: each layer trains one of a few fractions
 * of its channels, which gain so much and take so many bytes (copies, saved inputs, an estimate of the upload); it is solved
 * exactly. What a step takes beside those bytes only its plan tells: the first room for weights is what the plan of K's
 * biases alone leaves, the best selection for it is planned, and the room grows by what was left over or shrinks by what was
 * too much, until the two meet. K beyond the one whose biases alone do not fit are left out, the others tried by the gain that they could have if saved inputs took nothing, and not at all where that
 * is less than what is found. Last, what differs from the best in one or two layers, or in K, and gains more is planned, too.
 *
 * Deterministic, and bounded by `MOST_PLANS`. Exact where a step takes its parts' bytes and a constant of K; where saved
 * inputs share memory with what comes later, the best of what was planned.
 */
export function searchScheme(request: SearchRequest, peakOf: PeakOf): Searched {
  return new Search(request, peakOf).run();
}

/** Gains that differ by less are the same. */
const SAME = 1e-9;

class Search {
  private readonly reaches: readonly BiasPart[];
  /** Of every layer the parts that can be trained. */
  private readonly offered: readonly (readonly WeightPart[])[];
  private readonly headUpload: number;
  private readonly peaks = new Map<number, number>();
  private best: Candidate | undefined;
  private smallest = Infinity;

  constructor(
    private readonly request: SearchRequest,
    private readonly peakOf: PeakOf,
  ) {
    const { graph, contributions } = request;
    this.reaches = trainableReaches(graph).map((k) => biasPart(graph, contributions, k));
    this.headUpload = headCost(graph).uploadBytes;
    const deepest = Math.max(0, ...this.reaches.map(({ layers }) => layers));
    const before = layersOf(graph).length - 1;
    this.offered = Array.from({ length: Math.max(0, before) }, (_, layer) =>
      layer < before - deepest
        ? []
        : weightParts(graph, contributions, layer).filter((part) => this.isTrainable(part, deepest)),
    );
  }

  run(): Searched {
    const hopes = this.reaches
      .slice(0, this.fittingReaches())
      .map((bias) => ({ bias, hope: this.hopeOf(bias) }))
      .sort((a, b) => b.hope - a.hope || a.bias.layers - b.bias.layers);
    for (const { bias, hope } of hopes) if (hope > this.bestGain() + SAME) this.refine(bias);
    this.lookAround();
    return { best: this.best, smallestPeakBytes: this.smallest, plans: this.peaks.size };
  }

  /**
   * How many reaches fit without any weights, by bisection: a step that reaches further does all that a shorter one does, and more.
   */
  private fittingReaches(): number {
    let [fit, fails] = [0, this.reaches.length + 1];
    while (fails - fit > 1) {
      const middle = Math.floor((fit + fails) / 2);
      const peak = this.planned(at(this.reaches, middle - 1), []);
      if (peak !== undefined && peak <= this.request.arenaBytes) fit = middle;
      else fails = middle;
    }
    return fit;
  }

  private isTrainable({ layer, ratio }: WeightPart, biasLayers: number): boolean {
    const scheme = { name: 'one', biasLayers, weightLayers: [{ layer, ratio }] };
    return trainabilityFault(this.request.graph, scheme) === undefined;
  }

  private readonly bestGain = (): number => this.best?.gain ?? -Infinity;

  /** Layers whose biases `bias` trains: their weights can be trained, too. */
  private partsBehind({ layers }: BiasPart): readonly (readonly WeightPart[])[] {
    return layers === 0 ? [] : this.offered.slice(-layers);
  }

  /** The gain if nothing but the copies of weights took memory: no plan can do better. */
  private hopeOf(bias: BiasPart): number {
    const parts = this.select(
      bias,
      this.request.arenaBytes - bias.copiedBytes,
      ({ copiedBytes }) => copiedBytes,
    );
    return parts ? gainOf(bias, parts) : -Infinity;
  }

  /** The best weights behind `bias` in so much room. */
  private select(
    bias: BiasPart,
    room: number,
    bytesOf: (part: WeightPart) => number,
  ): readonly WeightPart[] | undefined {
    const { uploadBytes } = this.request;
    const groups = this.partsBehind(bias);
    const costOf = (part: WeightPart): readonly number[] =>
      uploadBytes === undefined ? [bytesOf(part)] : [bytesOf(part), part.uploadBytes];
    const nothing: KnapsackOption = { gain: 0, cost: uploadBytes === undefined ? [0] : [0, 0] };
    const budget =
      uploadBytes === undefined ? [room] : [room, uploadBytes - this.headUpload - bias.uploadBytes];
    const chosen = bestSelection(
      groups.map((parts) => [nothing, ...parts.map((part) => ({ gain: part.gain, cost: costOf(part) }))]),
      budget,
    );
    return chosen?.picks.flatMap((pick, g) => (pick === 0 ? [] : [at(at(groups, g), pick - 1)]));
  }

  /** Plans a selection, and keeps it if it fits and gains more. Undefined: it was not planned, since too many were. */
  private planned(bias: BiasPart, weights: readonly WeightPart[]): number | undefined {
    const scheme = schemeOf('searched', bias, weights);
    const id = schemeId(scheme);
    const known = this.peaks.get(id);
    if (known === undefined && this.peaks.size >= MOST_PLANS) return undefined;
    const peakBytes = known ?? this.peakOf(scheme);
    this.peaks.set(id, peakBytes);
    this.smallest = Math.min(this.smallest, peakBytes);
    const gain = gainOf(bias, weights);
    if (
      peakBytes <= this.request.arenaBytes &&
      gain > this.bestGain() + SAME &&
      this.canUpload(bias, weights)
    )
      this.best = { scheme, bias, weights, gain, peakBytes };
    return peakBytes;
  }

  private canUpload(bias: BiasPart, weights: readonly WeightPart[]): boolean {
    const { uploadBytes = Infinity } = this.request;
    return (
      weights.reduce((sum, part) => sum + part.uploadBytes, this.headUpload + bias.uploadBytes) <= uploadBytes
    );
  }

  /** Finds the room that a step with these biases leaves for weights. */
  private refine(bias: BiasPart): void {
    const { arenaBytes } = this.request;
    const bare = this.planned(bias, []);
    if (bare === undefined || bare > arenaBytes) return;
    let room = arenaBytes - bare;
    let [fits, fails] = [0, arenaBytes];
    for (let round = 0; round < MOST_ROUNDS && fits < fails; round++) {
      const parts = this.select(bias, room, roomOf);
      if (!parts) return;
      const taken = parts.reduce((sum, part) => sum + roomOf(part), 0);
      // More room is needed to be worth a plan.
      const peak = gainOf(bias, parts) > this.bestGain() + SAME ? this.planned(bias, parts) : 0;
      if (peak === undefined) return;
      if (peak <= arenaBytes) {
        fits = room;
        const spare = peak === 0 ? 0 : arenaBytes - peak;
        room = Math.max(room, taken) + spare;
        if (spare === 0 || room >= fails) room = Math.floor((fits + fails) / 2);
      } else {
        fails = room;
        room = taken - (peak - arenaBytes);
        if (room <= fits) room = Math.floor((fits + fails) / 2);
      }
      if (room <= fits) return;
    }
  }

  /** Neighbours of the best that gain more, the most promising first, until none of them fits. */
  private lookAround(): void {
    for (let looks = 0; looks < MOST_NEIGHBOURS;) {
      const from = this.best;
      if (!from) return;
      for (const { bias, weights } of this.neighboursOf(from)) {
        if (this.best !== from || looks >= MOST_NEIGHBOURS) break;
        looks += 1;
        if (this.planned(bias, weights) === undefined) return;
      }
      if (this.best === from) return;
    }
  }

  private neighboursOf(from: Candidate): readonly Pick<Candidate, 'bias' | 'weights'>[] {
    const spare = this.request.arenaBytes - from.peakBytes;
    const ofWeights = this.otherWeights(from.bias, from.weights).map((weights) => ({
      bias: from.bias,
      weights,
    }));
    const ofBias = this.reaches
      .filter(({ layers }) => layers !== from.bias.layers)
      .map((bias) => ({
        bias,
        weights: from.weights.filter(({ layer }) => layer >= this.offered.length - bias.layers),
      }));
    const copiesOf = (bias: BiasPart, weights: readonly WeightPart[]): number =>
      weights.reduce((sum, part) => sum + part.copiedBytes, bias.copiedBytes);
    const now = copiesOf(from.bias, from.weights);
    return [...ofWeights, ...ofBias]
      .filter(({ bias, weights }) => gainOf(bias, weights) > from.gain + SAME)
      .filter(({ bias, weights }) => copiesOf(bias, weights) - now <= spare)
      .sort((a, b) => gainOf(b.bias, b.weights) - gainOf(a.bias, a.weights));
  }

  /** With one layer, or two, trained otherwise. */
  private otherWeights(bias: BiasPart, weights: readonly WeightPart[]): readonly (readonly WeightPart[])[] {
    const one = this.withOneOther(bias, weights);
    return [...one, ...one.flatMap((each) => this.withOneOther(bias, each))];
  }

  private withOneOther(bias: BiasPart, weights: readonly WeightPart[]): readonly (readonly WeightPart[])[] {
    const first = this.offered.length - bias.layers;
    return this.partsBehind(bias).flatMap((parts, i) => {
      const others = weights.filter(({ layer }) => layer !== first + i);
      return [others, ...parts.map((part) => [...others, part].sort((a, b) => a.layer - b.layer))];
    });
  }
}

const roomOf = ({ copiedBytes, savedBytes }: WeightPart): number => copiedBytes + savedBytes;

const gainOf = (bias: BiasPart, weights: readonly WeightPart[]): number =>
  weights.reduce((sum, { gain }) => sum + gain, bias.gain);
