import { err, type Fault, invariant, ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { type Item, itemsOf, largestLiveSet } from './items';
import { Placer } from './place';
import { aligned, type Plan, type PlannedBuffer } from './plan';
import { layerwise, type Schedule } from './schedule';
import { search } from './strategies';
import { opAt } from './uses';
import { verifyPlan } from './verify-plan';

export interface PlanRequest {
  /** Bytes that the arena may take: `arenaBudget(board)`. */
  readonly budgetBytes: number;
  /** Default: every operator once, whole maps. */
  readonly schedule?: Schedule;
  /** Bound of the random search, which runs only where the plain orders miss the lower bound. */
  readonly tries?: number;
  readonly seed?: number;
}

export interface DoesNotFit extends Fault {
  readonly code: 'plan.does-not-fit';
  readonly neededBytes: number;
  readonly budgetBytes: number;
  /** The operator during which most memory is taken. */
  readonly largestOp: string;
}

const DEFAULT_TRIES = 500;
const DEFAULT_SEED = 1;

function bufferAt(item: Item, base: number): PlannedBuffer {
  const { name, kind, tensors, bytes, spans } = item;
  const first = Math.min(...spans.map((span) => span.first));
  const last = Math.max(...spans.map((span) => span.last));
  return { name, kind, tensors, offset: base, bytes, first, last };
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

/** Where everything lies, whatever it takes; verified. */
export function placeAll(graph: Graph, request: Omit<PlanRequest, 'budgetBytes'> = {}): Plan {
  const { schedule = layerwise(graph), tries = DEFAULT_TRIES, seed = DEFAULT_SEED } = request;
  const { variables, others } = itemsOf(graph, schedule);
  const bottom = stacked(variables);
  const lowerBoundBytes = largestLiveSet([...variables, ...others], schedule.calls.length).bytes;
  const found = search(
    { items: others, placer: new Placer(others, bottom.end), lowerBoundBytes },
    tries,
    seed,
  );
  const plan: Plan = {
    graph: graph.name,
    schedule,
    buffers: [
      ...bottom.buffers,
      ...others.map((item, index) => bufferAt(item, found.bases[index] as number)),
    ],
    peakBytes: found.peakBytes,
    lowerBoundBytes,
    strategy: found.strategy,
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
  const { variables, others } = itemsOf(graph, plan.schedule);
  const { time } = largestLiveSet([...variables, ...others], plan.schedule.calls.length);
  const largestOp = opAt(graph, plan.schedule, time).name;
  const message = `${graph.name} needs an arena of ${plan.peakBytes} bytes, ${budgetBytes} are left; most is taken during ${largestOp}`;
  return err({ code: 'plan.does-not-fit', message, neededBytes: plan.peakBytes, budgetBytes, largestOp });
}
