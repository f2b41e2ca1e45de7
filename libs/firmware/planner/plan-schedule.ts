import { invariant } from '#libs/base/result';
import { type Graph, tensorOf } from '#libs/model/ir';
import { ExactSearch } from './exact';
import { firstOf, type Item, type Items, itemsOf, largestLiveSet, lastOf } from './items';
import { withLentRoom } from './lend-room';
import { Placer } from './place';
import { type Clash, clashesOf, clashTable } from './clashes';
import { aligned, ALIGNMENT, type Plan, type PlannedBuffer, type Proof } from './plan';
import { stowagesOf, withStowages } from './stowage';
import { search } from './strategies';
import type { Execution } from './uses';
import { verifyPlan } from './verify-plan';

/** How hard to look; the defaults are those of `PlanRequest`. */
export interface Effort {
  readonly tries?: number;
  readonly seed?: number;
  readonly looks?: number;
  /** Nobody need look for less. Default: 0. */
  readonly enoughBytes?: number;
}

const DEFAULT_TRIES = 600;
const DEFAULT_LOOKS = 400_000;
const DEFAULT_SEED = 1;

function bufferAt(item: Item, offset: number): PlannedBuffer {
  const { name, kind, tensors, bytes, ring, planes, op } = item;
  return {
    name,
    kind,
    tensors,
    offset,
    bytes,
    first: firstOf(item),
    last: lastOf(item),
    ...(ring ? { ring } : {}),
    ...(planes === undefined ? {} : { planes }),
    ...(op === undefined ? {} : { op }),
  };
}

/** An item and the maps that lie in rows of its ring. */
function buffersAt(graph: Graph, item: Item, offset: number): readonly PlannedBuffer[] {
  const own = bufferAt(item, offset);
  const { ring } = item;
  if (!ring) return [own];
  const guests = (item.slots ?? []).map(({ tensor, ...slot }): PlannedBuffer => ({
    ...own,
    name: tensorOf(graph, tensor).name,
    tensors: [tensor],
    ring: { ...ring, slot },
  }));
  return [own, ...guests];
}

/** Variables are alive all the time, so they lie at the bottom, one after the other in graph order. */
function stacked(items: readonly Item[]): {
  readonly buffers: readonly PlannedBuffer[];
  readonly end: number;
} {
  let end = 0;
  const buffers = items.map((item) => {
    const buffer = bufferAt(item, end);
    end += aligned(item.bytes);
    return buffer;
  });
  return { buffers, end };
}

interface Problem {
  readonly items: Items;
  readonly clashes: readonly (readonly Clash[])[];
  readonly floor: number;
  readonly lowerBoundBytes: number;
  /** The lower bound, or more, if that will do. */
  readonly goalBytes: number;
}

interface Placed {
  readonly bases: readonly number[];
  readonly peakBytes: number;
  readonly strategy: string;
}

/** Orders of first fit, everything at whole words; then, if that misses the bound, bytes where bytes will do. */
function placed({ items, clashes, floor, goalBytes }: Problem, tries: number, seed: number): Placed {
  const table = clashTable(clashes);
  const attempt = (grain: number): Placed => {
    const placer = new Placer(items, floor, grain, table);
    return search({ items: items.items, placer, lowerBoundBytes: goalBytes }, tries, seed);
  };
  const words = attempt(ALIGNMENT);
  if (words.peakBytes <= goalBytes) return words;
  const bytes = attempt(1);
  return bytes.peakBytes < words.peakBytes ? bytes : words;
}

/** Looks for something smaller until it is at the bound, or nothing smaller is possible, or the budget is spent. */
function proved(
  { items, clashes, floor, lowerBoundBytes, goalBytes }: Problem,
  start: Placed,
  looks: number,
): { readonly best: Placed; readonly proof: Proof } {
  let best = start;
  let exact: ExactSearch | undefined;
  while (best.peakBytes > goalBytes) {
    exact ??= new ExactSearch(items, { looks }, clashes);
    const answer = exact.within(best.peakBytes - ALIGNMENT - floor);
    if (answer.is !== 'found') return { best, proof: answer.is === 'impossible' ? 'search' : 'none' };
    const bases = answer.bases.map((base) => base + floor);
    const end = Math.max(...bases.map((base, index) => base + (items.items[index] as Item).bytes));
    best = { bases, peakBytes: aligned(end), strategy: 'exhaustive search' };
  }
  return { best, proof: best.peakBytes <= lowerBoundBytes ? 'bound' : 'none' };
}

/** The plan of one schedule, whatever it takes. It is not verified yet. */
export function planOf(execution: Execution, effort: Effort): Plan {
  const { tries = DEFAULT_TRIES, seed = DEFAULT_SEED, looks = DEFAULT_LOOKS } = effort;
  const { graph, schedule, inputsInArena, kernels = 'plain' } = execution;
  const { variables, others: items } = itemsOf(execution);
  const stowages = stowagesOf(execution, items);
  const others = withStowages(schedule, items, stowages);
  const bottom = stacked(variables);
  const floor = bottom.end;
  const lowerBoundBytes = largestLiveSet(others, schedule.calls.length, floor).bytes;
  const goalBytes = Math.max(lowerBoundBytes, effort.enoughBytes ?? 0);
  const problem = { items: others, clashes: clashesOf(others), floor, lowerBoundBytes, goalBytes };
  const { best, proof } = proved(problem, placed(problem, tries, seed), looks);
  const scratch = others.items.filter(({ kind }) => kind === 'scratch');
  return withLentRoom(graph, {
    graph: graph.name,
    schedule,
    buffers: [
      ...bottom.buffers,
      ...others.items.flatMap((item, index) => buffersAt(graph, item, best.bases[index] as number)),
    ],
    ...(stowages.length === 0 ? {} : { stowages }),
    inputsInArena,
    kernels,
    peakBytes: best.peakBytes,
    lowerBoundBytes,
    proof,
    scratchBytes: scratch.reduce((most, { bytes }) => Math.max(most, bytes), 0),
    strategy: best.strategy,
  });
}

/** The plan, which is sound. */
export function verified(graph: Graph, plan: Plan): Plan {
  const faults = verifyPlan(graph, plan);
  invariant(faults.length === 0, `plan of ${graph.name}: ${faults.join('; ')}`);
  return plan;
}
