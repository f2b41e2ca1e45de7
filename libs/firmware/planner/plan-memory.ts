import { err, type Fault, invariant, ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { ExactSearch } from './exact';
import { firstOf, type Item, type Items, itemsOf, largestLiveSet, lastOf } from './items';
import { leastMemoryOrder } from './order';
import { Placer } from './place';
import { aligned, ALIGNMENT, type Plan, type PlannedBuffer, type Proof } from './plan';
import type { Schedule } from './schedule';
import { search } from './strategies';
import { opAt } from './uses';
import { verifyPlan } from './verify-plan';

export interface PlanRequest {
  /** Bytes that the arena may take: `arenaBudget(board)`. */
  readonly budgetBytes: number;
  /** Default: every operator once, whole maps, in the order that takes least memory (training graphs: in graph order). */
  readonly schedule?: Schedule;
  /** Do the graph's inputs lie in the arena, where outputs may overlap them? Default: they are read where they lie, outside. */
  readonly inputsInArena?: boolean;
  /** Bound of the random search, which runs only where the plain orders miss the lower bound. */
  readonly tries?: number;
  /** Bound of the exhaustive search (pairs of items looked at), which runs only where the random search misses the lower bound. */
  readonly looks?: number;
  readonly seed?: number;
}

export interface DoesNotFit extends Fault {
  readonly code: 'plan.does-not-fit';
  readonly neededBytes: number;
  readonly budgetBytes: number;
  /** The operator during which most memory is taken. */
  readonly largestOp: string;
}

const DEFAULT_TRIES = 600;
const DEFAULT_LOOKS = 400_000;
const DEFAULT_SEED = 1;

const bufferAt = (item: Item, offset: number): PlannedBuffer => ({
  name: item.name,
  kind: item.kind,
  tensors: item.tensors,
  offset,
  bytes: item.bytes,
  first: firstOf(item),
  last: lastOf(item),
});

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

interface Target {
  readonly floor: number;
  readonly lowerBoundBytes: number;
}

interface Placed {
  readonly bases: readonly number[];
  readonly peakBytes: number;
  readonly strategy: string;
}

/** Orders of first fit, everything at whole words; then, if that misses the bound, bytes where bytes will do. */
function placed(items: Items, { floor, lowerBoundBytes }: Target, tries: number, seed: number): Placed {
  const attempt = (grain: number): Placed =>
    search({ items: items.items, placer: new Placer(items, floor, grain), lowerBoundBytes }, tries, seed);
  const words = attempt(ALIGNMENT);
  if (words.peakBytes <= lowerBoundBytes) return words;
  const bytes = attempt(1);
  return bytes.peakBytes < words.peakBytes ? bytes : words;
}

/** Looks for something smaller until it is at the bound, or nothing smaller is possible, or the budget is spent. */
function proved(
  items: Items,
  target: Target,
  start: Placed,
  looks: number,
): { readonly best: Placed; readonly proof: Proof } {
  const { floor, lowerBoundBytes } = target;
  const exact = new ExactSearch(items, { looks });
  let best = start;
  while (best.peakBytes > lowerBoundBytes) {
    const answer = exact.within(best.peakBytes - ALIGNMENT - floor);
    if (answer.is !== 'found') return { best, proof: answer.is === 'impossible' ? 'search' : 'none' };
    const bases = answer.bases.map((base) => base + floor);
    const end = Math.max(...bases.map((base, index) => base + (items.items[index] as Item).bytes));
    best = { bases, peakBytes: aligned(end), strategy: 'exhaustive search' };
  }
  return { best, proof: 'bound' };
}

/** Where everything lies, whatever it takes; verified. */
export function placeAll(graph: Graph, request: Omit<PlanRequest, 'budgetBytes'> = {}): Plan {
  const { inputsInArena = false, tries = DEFAULT_TRIES, seed = DEFAULT_SEED } = request;
  const schedule = request.schedule ?? leastMemoryOrder(graph, inputsInArena);
  const { variables, others } = itemsOf({ graph, schedule, inputsInArena });
  const bottom = stacked(variables);
  const floor = bottom.end;
  const lowerBoundBytes = largestLiveSet(others, schedule.calls.length, floor).bytes;
  const start = placed(others, { floor, lowerBoundBytes }, tries, seed);
  const { best, proof } = proved(others, { floor, lowerBoundBytes }, start, request.looks ?? DEFAULT_LOOKS);
  const scratch = others.items.filter(({ kind }) => kind === 'scratch');
  const plan: Plan = {
    graph: graph.name,
    schedule,
    buffers: [
      ...bottom.buffers,
      ...others.items.map((item, index) => bufferAt(item, best.bases[index] as number)),
    ],
    inputsInArena,
    peakBytes: best.peakBytes,
    lowerBoundBytes,
    proof,
    scratchBytes: scratch.reduce((most, { bytes }) => Math.max(most, bytes), 0),
    strategy: best.strategy,
  };
  const faults = verifyPlan(graph, plan);
  invariant(faults.length === 0, `plan of ${graph.name}: ${faults.join('; ')}`);
  return plan;
}

/** Plans the arena of a graph (for inference or training) within a budget. */
export function planMemory(graph: Graph, request: PlanRequest): Result<Plan, DoesNotFit> {
  const plan = placeAll(graph, request);
  const { budgetBytes } = request;
  if (plan.peakBytes <= budgetBytes) return ok(plan);
  const { others } = itemsOf({ graph, schedule: plan.schedule, inputsInArena: plan.inputsInArena });
  const { time } = largestLiveSet(others, plan.schedule.calls.length);
  const largestOp = opAt(graph, plan.schedule, time).name;
  const message = `${graph.name} needs an arena of ${plan.peakBytes} bytes, ${budgetBytes} are left; most is taken during ${largestOp}`;
  return err({ code: 'plan.does-not-fit', message, neededBytes: plan.peakBytes, budgetBytes, largestOp });
}
