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
import type { KnownStretches } from './known-stretches';
import { type Piece, piecesOf } from './pieces';
import { rowNetworkOf } from './row-network';
import type { KernelSet } from './scratch';
import {
  bytesOf,
  distinct,
  type Partition,
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
  readonly known?: KnownStretches;
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

/** A graph, and all segments that it could be cut into. */
export interface Cuttable {
  readonly pieces: Pieces;
  /** Bytes that are taken all the time. */
  readonly floor: number;
  /** Not verified. */
  planFor(partition: Partition, effort: Effort): Plan;
}

/** @param aboveBytes of operators that need no more than this when they run whole, no segments are made */
export function cuttable(
  graph: Graph,
  request: Omit<StreamRequest, 'optimize' | 'budgetBytes'>,
  aboveBytes?: number,
): Cuttable {
  const { inputRows, reduceByRows, kernels, known } = request;
  const inputsInArena = request.inputsInArena || inputRows;
  const order = leastMemoryOrder(graph, inputsInArena, kernels).segments.flatMap(({ ops }) => ops);
  const network = rowNetworkOf(graph, order, {
    inputsInArena,
    inputRows,
    reduces: () => reduceByRows,
    kernels,
  });
  const floor = variableBytes(graph);
  return {
    pieces: piecesOf(network, { known, aboveBytes: aboveBytes && aboveBytes - floor }),
    floor,
    planFor: (partition, effort) =>
      planOf({ graph, schedule: scheduleOf(network, partition), inputsInArena, kernels }, effort),
  };
}

export function streamedPlan(graph: Graph, request: StreamRequest): Plan {
  const { optimize, budgetBytes } = request;
  const { pieces, floor, ...cut } = cuttable(graph, request);
  const planFor = (partition: Partition): Plan => cut.planFor(partition, request);
  const quickest = optimize === 'speed' ? quickestPlan(pieces, planFor, floor, budgetBytes) : undefined;
  // Who does not want a search wants the lowest bound, which is that of the first.
  return quickest ?? smallestPlan(pieces, planFor, floor, request.tries === 0 ? 1 : MOST_PARTITIONS);
}
