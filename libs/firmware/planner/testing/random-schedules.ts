import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import type { Graph } from '#libs/model/ir';
import type { Plan, PlannedBuffer } from '..';
import { type RowNetwork, type RowRequest, rowNetworkOf } from '../row-network';
import type { Schedule } from '../schedule';
import { type Piece, piecesOf } from '../pieces';
import { bytesOf, scheduleOf } from '../segments';

/** A schedule and what it is thought to cost, variables not counted. */
export interface RandomSchedule {
  readonly schedule: Schedule;
  readonly bytes: number;
}

function partitionOf(network: RowNetwork, seed: number): readonly Piece[] {
  const rng = new Rng(seed);
  const pieces = piecesOf(network);
  const partition: Piece[] = [];
  for (let end = network.order.length; end > 0; end = at(partition, 0).from) {
    const ending = at(pieces, end - 1);
    const inParts = ending.filter(({ unit }) => unit !== 'layer');
    const choice = inParts.length > 0 && rng.below(5) > 0 ? inParts : ending;
    partition.unshift(at(choice, rng.below(choice.length)));
  }
  return partition;
}

/** Any partition into segments, not only a good one. */
export function randomSchedule(graph: Graph, seed: number, request: RowRequest): RandomSchedule {
  const order = graph.ops.map((_, op) => op);
  const network = rowNetworkOf(graph, order, request);
  const partition = partitionOf(network, seed);
  return { schedule: scheduleOf(network, partition), bytes: bytesOf(partition) };
}

/** The plan with some buffers changed. */
export const withBuffers = (plan: Plan, change: (buffer: PlannedBuffer) => PlannedBuffer): Plan => ({
  ...plan,
  buffers: plan.buffers.map(change),
});
