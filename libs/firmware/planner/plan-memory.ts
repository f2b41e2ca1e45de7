import { err, type Fault, ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { itemsOf, largestLiveSet } from './items';
import type { KnownStretches } from './known-stretches';
import { isTraining, leastMemoryOrder } from './order';
import type { Plan } from './plan';
import { planOf, verified } from './plan-schedule';
import { streamedPlan } from './plan-streams';
import type { Schedule } from './schedule';
import type { KernelSet } from './scratch';
import { withStowages } from './stowage';
import { opAt } from './uses';

export interface PlanRequest {
  /** Bytes that the arena may take: `arenaBudget(board)`. */
  readonly budgetBytes: number;
  /** Default: every operator once, whole maps, in the order that takes least memory (training graphs: in graph order). */
  readonly schedule?: Schedule;
  /** Do the graph's inputs lie in the arena, where outputs may overlap them? Default: they are read where they lie, outside. */
  readonly inputsInArena?: boolean;
  /**
   * May the schedule run parts of the network row by row? `ram`: whatever takes least memory. `speed`: the fewest kernel calls
   * that fit the budget (or what takes least, if nothing fits). Default: no, unless `inputRows`. Of training graphs, operators
   * of the forward half may; all keep the graph's order.
   */
  readonly optimize?: 'ram' | 'speed';
  /**
   * Do the graph's inputs come row by row, in order, from a callback? Then the arena holds only the rows that are needed. Not of
   * training graphs, whose samples are kept.
   */
  readonly inputRows?: boolean;
  /** Is there a kernel of average pools over all pixels that takes its input row by row (row-rules.ts)? Default: no. */
  readonly reduceByRows?: boolean;
  /** Whose scratch memory is planned: `dsp`, `mve` for programs that call the kernels written for those instructions. Default: plain. */
  readonly kernels?: KernelSet;
  /** Bound of the random search, which runs only where the plain orders miss the lower bound. */
  readonly tries?: number;
  /** Bound of the exhaustive search (pairs of items looked at), which runs only where the random search misses the lower bound. */
  readonly looks?: number;
  readonly seed?: number;
  /** What was found of other graphs that are much alike, and what is found now: saves time, and changes nothing else. */
  readonly known?: KnownStretches;
}

export interface DoesNotFit extends Fault {
  readonly code: 'plan.does-not-fit';
  readonly neededBytes: number;
  readonly budgetBytes: number;
  /** The operator during which most memory is taken. */
  readonly largestOp: string;
}

/** Where everything lies, whatever it takes (`speed`: within the budget, if it can be); verified. */
export const placeAll = (graph: Graph, request: Partial<PlanRequest> = {}): Plan =>
  verified(graph, unverified(graph, request));

function unverified(graph: Graph, request: Partial<PlanRequest>): Plan {
  const { inputsInArena = false, reduceByRows = false, kernels = 'plain', schedule, optimize } = request;
  const inputRows = request.inputRows === true && !isTraining(graph);
  if (schedule || (!optimize && !inputRows)) {
    const order = schedule ?? leastMemoryOrder(graph, inputsInArena, kernels);
    return planOf({ graph, schedule: order, inputsInArena, kernels }, request);
  }
  const { budgetBytes = Infinity } = request;
  const streams = {
    optimize: optimize ?? 'ram',
    budgetBytes,
    inputsInArena,
    inputRows,
    reduceByRows,
    kernels,
  };
  return streamedPlan(graph, { ...request, ...streams });
}

/** Plans the arena of a graph (for inference or training) within a budget. */
export function planMemory(graph: Graph, request: PlanRequest): Result<Plan, DoesNotFit> {
  const plan = placeAll(graph, request);
  const { budgetBytes } = request;
  if (plan.peakBytes <= budgetBytes) return ok(plan);
  const { schedule, stowages = [] } = plan;
  const items = withStowages(schedule, itemsOf({ ...plan, graph }).others, stowages);
  const { time } = largestLiveSet(items, schedule.calls.length);
  const largestOp = opAt(graph, schedule, time)?.name ?? 'reading the input';
  const message = `${graph.name} needs an arena of ${plan.peakBytes} bytes, ${budgetBytes} are left; most is taken during ${largestOp}`;
  return err({ code: 'plan.does-not-fit', message, neededBytes: plan.peakBytes, budgetBytes, largestOp });
}
