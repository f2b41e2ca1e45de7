import { at } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import { schemeId } from '../scheme-id';
import type { SparseScheme } from '../sparse-scheme';
import type { Contributions } from './contributions';
import { bestSelection, type KnapsackOption, relaxation } from './knapsack';
import { neighboursOf } from './neighbours';
import {
  type BiasPart,
  biasPart,
  copiesOf,
  gainOf,
  headCost,
  type Parts,
  roomOf,
  schemeOf,
  trainableReaches,
  trainedLayersOf,
  uploadOf,
  type WeightPart,
  weightParts,
} from './parts';
import { Reach } from './reach';

/** A scheme as the search sees it: its parts, what they gain together, and what the whole step takes. */
export interface Candidate extends Parts {
  readonly scheme: SparseScheme;
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
  /** No scheme that trains more layers (`trainedLayersOf`). */
  readonly trainedLayers?: number;
  /** Told after every plan: a search of a large model takes its time. */
  readonly planned?: ((progress: SearchProgress) => void) | undefined;
}

/** How far a search is. */
export interface SearchProgress {
  /** Schemes that were planned. */
  readonly plans: number;
  /** Of those that fit; absent: none did so far. */
  readonly best: Candidate | undefined;
}

/** What parts take of something, and how much of it there is. */
interface Resource {
  readonly of: (part: WeightPart) => number;
  readonly limit: number;
}

/** What a scheme's training step takes. */
export interface Peak {
  /** Of a plan; or a lower bound of all plans, if that is more than there is. */
  readonly peakBytes: number;
  /** What a plan is likely to take at least: by that the search guesses what else will fit. */
  readonly likelyBytes: number;
  /** What none takes less than. */
  readonly leastBytes: number;
}

/** The planned peak of a scheme's training step. Slow: it is asked a bounded number of times. */
export type PeakOf = (scheme: SparseScheme) => Peak;

/** What a search found. */
export interface Searched {
  /** The best that fits; absent: nothing does. */
  readonly best: Candidate | undefined;
  /** Everything that was planned and fits, the best first. */
  readonly fitting: readonly Candidate[];
  /** Schemes that were planned. */
  readonly plans: number;
}

/** So many schemes are planned at most. */
const MOST_PLANS = 32;
/** So many neighbours of the best are planned before it stands. */
const MOST_NEIGHBOURS = 12;

/**
 * The scheme of the largest expected gain whose planned step fits (MCUNetV3, arXiv 2206.15472, section 3.2, solved exactly instead of
 * by evolution).
 *
 * For every K (biases of the last K layers) the weights' part is a multiple-choice knapsack: each layer trains one of a few fractions
 * of its channels, which gain so much and take so many bytes (copies, saved inputs, an estimate of the upload); it is solved
 * exactly. How much room a step with these biases leaves for weights only its plan tells. So every K has an estimate of its room: after
 * a plan what that left over or lacked; before, first the straight line between its neighbours, then, where that finds nothing
 * more, the room of the next smaller K, which is never less (then it goes by halves). The K whose best selection gains most in its room is planned, its
 * estimate corrected, and so on, until none has the prospect of more than what is known to fit. Last, what differs from the best in
 * one or two layers, or in K, and gains more is planned, too, the smallest first.
 *
 * Deterministic, and bounded by `MOST_PLANS`. Exact where a step takes its parts' bytes and a constant of K; where saved
 * inputs share memory with what comes later, the best of what was planned.
 */
export function searchScheme(request: SearchRequest, peakOf: PeakOf): Searched {
  return new Search(request, peakOf).run();
}

/** Gains that differ by less are the same. */
const SAME = 1e-9;

/** How the room of a reach is estimated that was not planned. */
const GUESSES = ['likely', 'at most'] as const;
type Guess = (typeof GUESSES)[number];

/** What a reach could gain, if its room is what it is thought to be. */
interface Prospect extends Parts {
  readonly reach: Reach;
  readonly gain: number;
}

class Search {
  /** By rising K. */
  private readonly reaches: readonly Reach[];
  /** Of every layer the parts that can be trained. */
  private readonly offered: readonly (readonly WeightPart[])[];
  private readonly headUpload: number;
  private readonly planned = new Map<number, Peak>();
  private readonly fitting: Candidate[] = [];
  private readonly bounds = new Map<Reach, (room: number) => number>();

  constructor(
    private readonly request: SearchRequest,
    private readonly peakOf: PeakOf,
  ) {
    const { graph, contributions, trainedLayers = Infinity } = request;
    this.reaches = trainableReaches(graph)
      .filter((k) => k <= trainedLayers)
      .map((k) => new Reach(biasPart(graph, contributions, k)));
    this.headUpload = headCost(graph).uploadBytes;
    const deepest = Math.max(0, ...this.reaches.map(({ bias }) => bias.layers));
    const before = layersOf(graph).length - 1;
    this.offered = Array.from({ length: Math.max(0, before) }, (_, layer) =>
      layer < before - deepest
        ? []
        : weightParts(graph, contributions, layer).filter((part) => this.isTrainable(part, deepest)),
    );
  }

  run(): Searched {
    const [head] = this.reaches;
    if (head) this.plan({ reach: head, bias: head.bias, weights: [] });
    if (head && !head.isTooFar) {
      for (const guess of GUESSES)
        for (let next = this.mostPromising(guess); next; next = this.mostPromising(guess)) this.plan(next);
      this.lookAround();
    }
    return { best: this.fitting[0], fitting: this.fitting, plans: this.planned.size };
  }

  private isTrainable({ layer, ratio }: WeightPart, biasLayers: number): boolean {
    const scheme = { name: 'one', biasLayers, weightLayers: [{ layer, ratio }] };
    return trainabilityFault(this.request.graph, scheme) === undefined;
  }

  private readonly bestGain = (): number => this.fitting[0]?.gain ?? -Infinity;
  private readonly hasPlansLeft = (): boolean => this.planned.size < MOST_PLANS;

  /**
   * What gains most in its room, and more than the best; of equal prospects that of the shorter reach. Where all that is known of rooms are
   * bounds, the middle of those reaches between the same two plans that have the prospect, too: its room bounds the others'.
   */
  private mostPromising(guess: Guess): Prospect | undefined {
    if (!this.hasPlansLeft()) return undefined;
    const hopeful = this.hopeful(guess);
    let most: Prospect | undefined;
    for (const { reach, bound } of hopeful) {
      if (bound <= (most?.gain ?? this.bestGain()) + SAME) break;
      const prospect = this.prospectOf(reach, guess);
      if (prospect && prospect.gain > (most?.gain ?? this.bestGain()) + SAME) most = prospect;
    }
    if (!most || guess === 'likely' || most.reach.room !== undefined) return most;
    const gap = this.knownBefore(most.reach);
    const alike = hopeful
      .filter(({ reach }) => reach.room === undefined && this.knownBefore(reach) === gap)
      .sort((a, b) => a.reach.bias.layers - b.reach.bias.layers)
      .flatMap(({ reach }) => this.prospectOf(reach, guess) ?? [])
      .filter(({ gain }) => gain > this.bestGain() + SAME);
    return alike[Math.floor(alike.length / 2)];
  }

  /** Reaches that could gain more than the best, if fractions of parts could be trained; those that could gain most first. */
  private hopeful(guess: Guess): readonly { readonly reach: Reach; readonly bound: number }[] {
    const tooFar = this.reaches.findIndex(({ isTooFar }) => isTooFar);
    const near = tooFar < 0 ? this.reaches : this.reaches.slice(0, tooFar);
    return near
      .map((reach) => {
        const room = Math.max(0, this.roomAt(reach, guess));
        return { reach, bound: reach.bias.gain + this.mostIn(reach)(room) };
      })
      .filter(({ bound }) => bound > this.bestGain() + SAME)
      .sort((a, b) => b.bound - a.bound);
  }

  /** What the weights of a reach could gain in so much room, fractions of parts included. */
  private mostIn(reach: Reach): (room: number) => number {
    const known = this.bounds.get(reach);
    if (known) return known;
    const bound = relaxation(
      this.groupsOf(reach).map((parts) =>
        parts.map((part): KnapsackOption => ({ gain: part.gain, cost: [roomOf([part])] })),
      ),
    );
    this.bounds.set(reach, bound);
    return bound;
  }

  /** Of every layer behind the biases its parts. */
  private readonly groupsOf = ({ bias }: Reach): readonly (readonly WeightPart[])[] =>
    bias.layers === 0 ? [] : this.offered.slice(-bias.layers);

  /** Place of the next smaller reach whose room plans have told; -1: there is none. */
  private knownBefore(reach: Reach): number {
    const place = this.reaches.indexOf(reach);
    return this.reaches.findLastIndex(({ room }, i) => i < place && room !== undefined);
  }

  private prospectOf(reach: Reach, guess: Guess): Prospect | undefined {
    const { bias } = reach;
    const weights = this.select(reach, Math.max(0, this.roomAt(reach, guess)));
    if (!weights || !reach.isWorthPlanning(roomOf(weights))) return undefined;
    return { reach, bias, weights, gain: gainOf({ bias, weights }) };
  }

  /**
   * The room of a reach: known; or, likely, on the straight line between its neighbours; or, at most, that of the one before it.
   */
  private roomAt(reach: Reach, guess: Guess): number {
    if (reach.room !== undefined) return reach.room;
    const place = this.reaches.indexOf(reach);
    const before = this.knownBefore(reach);
    const after = this.reaches.findIndex(({ room }, i) => i > place && room !== undefined);
    const near = this.reaches[before]?.room ?? 0;
    const far = guess === 'at most' ? near : (this.reaches[after]?.room ?? near);
    return near + ((far - near) * (place - before)) / Math.max(1, after - before);
  }

  /** The best weights behind the biases of `reach` in so much room. */
  private select(reach: Reach, room: number): readonly WeightPart[] | undefined {
    const groups = this.groupsOf(reach);
    const resources = this.resourcesFor(reach.bias, room);
    const optionOf = (part: WeightPart): KnapsackOption => ({
      gain: part.gain,
      cost: resources.map(({ of }) => of(part)),
    });
    const nothing: KnapsackOption = { gain: 0, cost: resources.map(() => 0) };
    const chosen = bestSelection(
      groups.map((parts) => [nothing, ...parts.map(optionOf)]),
      resources.map(({ limit }) => limit),
    );
    return chosen?.picks.flatMap((pick, g) => (pick === 0 ? [] : [at(at(groups, g), pick - 1)]));
  }

  /** What limits the weights behind some biases; the scarcest first. */
  private resourcesFor(bias: BiasPart, room: number): readonly Resource[] {
    const { uploadBytes = Infinity, trainedLayers = Infinity } = this.request;
    const upload = {
      of: (part: WeightPart) => part.uploadBytes,
      limit: uploadBytes - this.headUpload - bias.uploadBytes,
    };
    const layers = { of: () => 1, limit: trainedLayers - bias.layers };
    return [
      { of: (part) => roomOf([part]), limit: room },
      ...(uploadBytes < Infinity ? [upload] : []),
      // What can't be exceeded need not be counted.
      ...(layers.limit < bias.layers ? [layers] : []),
    ];
  }

  /** Plans parts, and tells their reach what that says of its room. */
  private plan({ reach, ...parts }: Parts & { readonly reach: Reach }): void {
    reach.learn(roomOf(parts.weights), this.spareOf(this.peak(parts)));
  }

  /** Below 0: what is missing. */
  private spareOf({ peakBytes, likelyBytes }: Peak): number {
    const { arenaBytes } = this.request;
    return arenaBytes - (peakBytes <= arenaBytes ? likelyBytes : peakBytes);
  }

  /** Plans parts, and keeps them if they fit. */
  private peak(parts: Parts): Peak {
    const scheme = schemeOf('searched', parts.bias, parts.weights);
    const id = schemeId(scheme);
    const known = this.planned.get(id);
    if (known !== undefined) return known;
    const peak = this.peakOf(scheme);
    this.planned.set(id, peak);
    const { peakBytes } = peak;
    const { graph, arenaBytes, uploadBytes = Infinity } = this.request;
    if (peakBytes <= arenaBytes && uploadOf(graph, parts) <= uploadBytes) {
      this.fitting.push({ scheme, bias: parts.bias, weights: parts.weights, gain: gainOf(parts), peakBytes });
      this.fitting.sort((a, b) => b.gain - a.gain || a.bias.layers - b.bias.layers);
    }
    this.request.planned?.({ plans: this.planned.size, best: this.fitting[0] });
    return peak;
  }

  /** Neighbours of the best that gain more, the smallest first, until none of them fits. */
  private lookAround(): void {
    for (let looks = 0; looks < MOST_NEIGHBOURS;) {
      const [from] = this.fitting;
      if (!from) return;
      for (const parts of this.betterNeighbours(from)) {
        if (this.fitting[0] !== from || looks >= MOST_NEIGHBOURS) break;
        if (!this.hasPlansLeft()) return;
        looks += 1;
        this.peak(parts);
      }
      if (this.fitting[0] === from) return;
    }
  }

  private betterNeighbours(from: Candidate): readonly Parts[] {
    const { arenaBytes, trainedLayers = Infinity } = this.request;
    const spare = arenaBytes - this.peak(from).leastBytes;
    const biases = this.reaches.map(({ bias }) => bias);
    return neighboursOf(from, biases, this.offered)
      .filter((parts) => gainOf(parts) > from.gain + SAME && copiesOf(parts) - copiesOf(from) <= spare)
      .filter((parts) => trainedLayersOf(parts) <= trainedLayers)
      .map((parts) => ({ parts, bytes: roomOf(parts.weights) + parts.bias.savedBytes }))
      .sort((a, b) => a.bytes - b.bytes || gainOf(b.parts) - gainOf(a.parts))
      .map(({ parts }) => parts);
  }
}
