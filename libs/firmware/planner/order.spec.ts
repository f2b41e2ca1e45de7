import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import { type BiasUpdate, type Graph, ruleOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { randomBranchyNetwork } from '#test/support/random-operators';
import { residualNetwork } from '#test/support/tiny-networks';
import { wholeMaps } from './schedule';
import { layerwise, placeAll, type Schedule } from '.';
import { itemsOf, largestLiveSet } from './items';
import { leastMemoryOrder } from './order';

const costOf = (graph: Graph, schedule: Schedule): number =>
  largestLiveSet(itemsOf({ graph, schedule, inputsInArena: true }).others, graph.ops.length).bytes;

/** All orders in which every operator comes after those whose results it reads; undefined where there are too many. */
function allOrders(graph: Graph, most: number): readonly (readonly number[])[] | undefined {
  const orders: (readonly number[])[] = [];
  const producer = new Map(
    graph.ops.flatMap((op, i) =>
      ruleOf(op)
        .outputs(op)
        .map((id) => [id, i] as const),
    ),
  );
  const needs = graph.ops.map((op) =>
    ruleOf(op)
      .inputs(op)
      .flatMap((id) => producer.get(id) ?? []),
  );
  const extend = (order: readonly number[]): void => {
    if (orders.length > most) return;
    if (order.length === graph.ops.length) return void orders.push(order);
    graph.ops.forEach((_, op) => {
      if (!order.includes(op) && needs[op]!.every((need) => order.includes(need))) extend([...order, op]);
    });
  };
  extend([]);
  return orders.length > most ? undefined : orders;
}

/** Three wide branches of one map, each of which ends narrow; the graph's order makes all of them wide first. */
function wideBranches(): Graph {
  const builder = new GraphBuilder('wide');
  const input = builder.input([1, 8, 8, 4]);
  const wide = [0, 1, 2].map((i) => builder.conv(`wide${i}`, input, { channels: 32 }));
  const narrow = wide.map((id, i) => builder.conv(`narrow${i}`, id, { channels: 2 }));
  return builder.build(builder.concatenation('all', narrow, 3));
}

describe('the order of operators', () => {
  it('finishes one branch before it begins the next', () => {
    const graph = wideBranches();
    const schedule = leastMemoryOrder(graph, true);
    expect(schedule.segments.flatMap(({ ops }) => ops.map((op) => graph.ops[op]!.name)).slice(0, 4)).toEqual([
      'wide0',
      'narrow0',
      'wide1',
      'narrow1',
    ]);
    const own = placeAll(graph, { schedule: layerwise(graph), inputsInArena: true });
    expect(placeAll(graph, { inputsInArena: true }).peakBytes).toBeLessThan(own.peakBytes / 2);
  });

  it('takes as little as the best of all orders', () => {
    let compared = 0;
    let better = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (seed) => {
        const graph = randomBranchyNetwork(seed);
        const orders = allOrders(graph, 500);
        if (!orders || orders.length < 2) return;
        compared++;
        const best = Math.min(...orders.map((order) => costOf(graph, wholeMaps(order))));
        const found = costOf(graph, leastMemoryOrder(graph, true));
        expect(found).toBe(best);
        if (found < costOf(graph, layerwise(graph))) better++;
      }),
      { numRuns: 100 },
    );
    expect(compared).toBeGreaterThan(20);
    expect(better).toBeGreaterThan(3);
  });

  it('is the graph’s own where nothing is gained, and for training but for biases, updated at once', () => {
    const inference = residualNetwork();
    expect(leastMemoryOrder(inference, true)).toEqual(layerwise(inference));
    const scheme = { name: 'all', biasLayers: 4, weightLayers: [{ layer: 1, ratio: 1 }] };
    const graph = unwrap(trainingGraph(inference, scheme));
    const order = leastMemoryOrder(graph, false).calls.flatMap((call) => ('op' in call ? call.op : []));
    const isBias = (op: number): boolean => graph.ops[op]?.kind === 'biasUpdate';
    expect(order.filter((op) => !isBias(op))).toEqual(graph.ops.flatMap((_, op) => (isBias(op) ? [] : op)));
    for (const [position, op] of order.entries()) {
      if (!isBias(op)) continue;
      const before = graph.ops[order[position - 1] ?? -1];
      expect(before).toMatchObject({ kind: 'scaleGradient', layer: (graph.ops[op] as BiasUpdate).layer });
    }
  });
});
