import { at } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import { schemeId } from '../scheme-id';
import type { SparseScheme } from '../sparse-scheme';
import type { Contributions } from './contributions';
import { bestSelection, type KnapsackOption } from './knapsack';
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
}

/** What parts take of something, and how much of it there is. */
interface Resource {
  readonly of: (part: WeightPart) => number;
  readonly limit: number;
}

/** The planned peak of a scheme's training step. Slow: it is asked a bounded number of times. */
export type PeakOf = (scheme: SparseScheme) => number;

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
const MOST_NEIGHBOURS = 6;

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
  private readonly planned = new Map<number, number>();
  private readonly fitting: Candidate[] = [];

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
    const tooFar = this.reaches.findIndex(({ isTooFar }) => isTooFar);
    const near = tooFar < 0 ? this.reaches : this.reaches.slice(0, tooFar);
    const prospects = near.flatMap((reach) => this.prospectOf(reach, guess) ?? []);
    const most = prospects.reduce<Prospect | undefined>(
      (best, each) => (each.gain > (best?.gain ?? this.bestGain()) + SAME ? each : best),
      undefined,
    );
    if (!most || guess === 'likely' || most.reach.room !== undefined) return most;
    const gap = this.knownBefore(most.reach);
    const alike = prospects.filter(
      ({ reach, gain }) =>
        reach.room === undefined && gain > this.bestGain() + SAME && this.knownBefore(reach) === gap,
    );
    return alike[Math.floor(alike.length / 2)];
  }

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
  private select({ bias }: Reach, room: number): readonly WeightPart[] | undefined {
    const groups = bias.layers === 0 ? [] : this.offered.slice(-bias.layers);
    const resources = this.resourcesFor(bias, room);
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
    const spare = this.request.arenaBytes - this.peakBytes(parts);
    reach.learn(roomOf(parts.weights), spare);
  }

  /** Plans parts, and keeps them if they fit. */
  private peakBytes(parts: Parts): number {
    const scheme = schemeOf('searched', parts.bias, parts.weights);
    const id = schemeId(scheme);
    const known = this.planned.get(id);
    if (known !== undefined) return known;
    const peakBytes = this.peakOf(scheme);
    this.planned.set(id, peakBytes);
    const { graph, arenaBytes, uploadBytes = Infinity } = this.request;
    if (peakBytes <= arenaBytes && uploadOf(graph, parts) <= uploadBytes) {
      this.fitting.push({ scheme, bias: parts.bias, weights: parts.weights, gain: gainOf(parts), peakBytes });
      this.fitting.sort((a, b) => b.gain - a.gain || a.bias.layers - b.bias.layers);
    }
    return peakBytes;
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
        this.peakBytes(parts);
      }
      if (this.fitting[0] === from) return;
    }
  }

  private betterNeighbours(from: Candidate): readonly Parts[] {
    const { arenaBytes, trainedLayers = Infinity } = this.request;
    const spare = arenaBytes - from.peakBytes;
    const biases = this.reaches.map(({ bias }) => bias);
    return neighboursOf(from, biases, this.offered)
      .filter((parts) => gainOf(parts) > from.gain + SAME && copiesOf(parts) - copiesOf(from) <= spare)
      .filter((parts) => trainedLayersOf(parts) <= trainedLayers)
      .map((parts) => ({ parts, bytes: roomOf(parts.weights) + parts.bias.savedBytes }))
      .sort((a, b) => a.bytes - b.bytes || gainOf(b.parts) - gainOf(a.parts))
      .map(({ parts }) => parts);
  }
}
