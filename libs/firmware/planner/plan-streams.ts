/**
 * The plan of a network of which parts may run row by row.
 *
 * Bounds say which partitions into segments are worth a try (segments.ts); what each takes is known when it is placed. So the
 * best few are placed, in an order that depends on the aim, until one is good enough.
 */
import { type Graph, tensorBytes } from '#libs/model/ir';
import { leastMemoryOrder } from './order';
import { aligned, type Plan } from './plan';
import { type Effort, planOf } from './plan-schedule';
import { rowNetworkOf } from './row-network';
import type { KernelSet } from './scratch';
import {
  bytesOf,
  distinct,
  type Partition,
  type Piece,
  piecesOf,
  quickPartitions,
  scheduleOf,
  smallPartitions,
  wholePartition,
} from './segments';

export interface StreamRequest extends Effort {
  readonly optimize: 'ram' | 'speed';
  readonly budgetBytes: number;
  readonly inputsInArena: boolean;
  readonly inputRows: boolean;
  readonly reduceByRows: boolean;
  readonly kernels: KernelSet;
}

type Pieces = readonly (readonly Piece[])[];
type PlanFor = (partition: Partition) => Plan;

/** Bytes that are taken all the time, and are no part of what a partition costs. */
function variableBytes(graph: Graph): number {
  const variables = graph.tensors.filter(({ role }) => role === 'variable');
  return variables.reduce((sum, tensor) => sum + aligned(tensorBytes(tensor)), 0);
}

/** How many partitions are placed before the best of them is taken. */
const MOST_PARTITIONS = 10;

/** The first that fits, from the fewest calls on. */
function quickestPlan(
  pieces: Pieces,
  planFor: PlanFor,
  floor: number,
  budgetBytes: number,
): Plan | undefined {
  for (const partition of quickPartitions(pieces, budgetBytes - floor, MOST_PARTITIONS)) {
    const plan = planFor(partition);
    if (plan.peakBytes <= budgetBytes) return plan;
  }
  return undefined;
}

/** The smallest, from the lowest bound on: done when no bound that follows is lower than what was found; at most `count`. */
function smallestPlan(pieces: Pieces, planFor: PlanFor, floor: number, count: number): Plan {
  const small = smallPartitions(pieces).slice(0, count);
  let best: Plan | undefined;
  for (const partition of distinct([...small, wholePartition(pieces)])) {
    if (best && best.peakBytes <= floor + aligned(bytesOf(partition))) continue;
    const plan = planFor(partition);
    if (!best || plan.peakBytes < best.peakBytes) best = plan;
  }
  return best ?? planFor(wholePartition(pieces));
}

export function streamedPlan(graph: Graph, request: StreamRequest): Plan {
  const { inputRows, reduceByRows, optimize, budgetBytes, kernels } = request;
  const inputsInArena = request.inputsInArena || inputRows;
  const order = leastMemoryOrder(graph, inputsInArena, kernels).segments.flatMap(({ ops }) => ops);
  const network = rowNetworkOf(graph, order, {
    inputsInArena,
    inputRows,
    reduces: () => reduceByRows,
    kernels,
  });
  const pieces = piecesOf(network);
  const planFor = (partition: Partition): Plan =>
    planOf({ graph, schedule: scheduleOf(network, partition), inputsInArena, kernels }, request);
  const floor = variableBytes(graph);
  const quickest = optimize === 'speed' ? quickestPlan(pieces, planFor, floor, budgetBytes) : undefined;
  // Who does not want a search wants the lowest bound, which is that of the first.
  return quickest ?? smallestPlan(pieces, planFor, floor, request.tries === 0 ? 1 : MOST_PARTITIONS);
}
