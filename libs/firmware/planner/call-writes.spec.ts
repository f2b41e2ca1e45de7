import { at, unwrap } from '#libs/base/result';
import { type Graph, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';
import { compactGradients, runPasses, trainingGraph } from '#libs/model/passes';
import { chainedNetworks } from '#test/support/chained-networks';
import { GraphBuilder } from '#test/support/graph-builder';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { randomNetwork, randomScheme } from '#test/support/random-networks';
import {
  bufferOf,
  callWrites,
  channelwise,
  isRead,
  placeAll,
  type Plan,
  type PlannedBuffer,
  rowOffset,
} from '.';
import { randomSchedule } from './testing/random-schedules';

const EFFORT = { tries: 10, looks: 0 };
const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

const bufferAt = (plan: Plan, id: TensorId): PlannedBuffer => {
  const buffer = bufferOf(plan, id);
  if (!buffer) throw new Error(`no buffer holds tensor ${id}`);
  return buffer;
};

describe('what a call may change', () => {
  const builder = new GraphBuilder('layers');
  const input = builder.input([1, 6, 5, 3]);
  const wide = builder.conv('wide', input, { channels: 4, kernel: 3, padding: 1 });
  const deep = builder.depthwise('deep', wide, { kernel: 3, padding: 1 });
  const graph = builder.build(builder.reshape('flat', deep, [1, 120]));

  it('is output and scratch of an operator that runs whole; nothing of a reshape', () => {
    const plan = placeAll(graph, EFFORT);
    const [first, second, last] = callWrites(graph, plan);
    for (const [writes, id, op] of [
      [first, wide, 0],
      [second, deep, 1],
    ] as const) {
      const own = [bufferAt(plan, id), plan.buffers.find((buffer) => buffer.op === op)!];
      const bytes = new Set(
        own.flatMap(({ offset, bytes: count }) => numbered(count).map((n) => offset + n - 1)),
      );
      const told = writes!.ranges.flatMap(([from, to]) => numbered(to - from).map((n) => from + n - 1));
      expect(told).toEqual([...bytes].toSorted((a, b) => a - b));
    }
    expect(last).toEqual({ name: 'flat', ranges: [] });
  });

  it('is one row of a map that runs row by row, wherever its ring has it, and of an input that is read so', () => {
    const kws = kwsDigitsGraph();
    const plan = placeAll(kws, { ...EFFORT, inputsInArena: true, inputRows: true, optimize: 'ram' });
    const writes = callWrites(kws, plan);
    const rows = plan.schedule.calls.flatMap((call, time) => {
      const id = isRead(call) ? call.tensor : ruleOf(at(kws.ops, call.op)).outputs(at(kws.ops, call.op))[0]!;
      return call.rows && call.rows.to - call.rows.from === 1 ? [{ id, row: call.rows.from, time }] : [];
    });
    expect(rows.length).toBeGreaterThan(100);
    for (const { id, row, time } of rows) {
      const { shape } = tensorOf(kws, id);
      const rowBytes = (shape[2] ?? 1) * (shape[3] ?? 1);
      const from = rowOffset(bufferAt(plan, id), row, rowBytes);
      const { ranges } = at(writes, time);
      expect(ranges.some(([low, high]) => low <= from && from + rowBytes <= high)).toBe(true);
    }
  });
});

/** Buffers of an operator: of its outputs and trained copies, its scratch, and what comes back from its sums. */
function ownBuffers(graph: Graph, plan: Plan, index: number): readonly PlannedBuffer[] {
  const op = at(graph.ops, index);
  const trained = ruleOf(op)
    .inputs(op)
    .filter((id) => tensorOf(graph, id).role === 'variable' && ruleOf(op).outputs(op).length === 0);
  const stowed = (plan.stowages ?? []).flatMap((each) => (each.op === index ? each.tensor : []));
  const held = [...ruleOf(op).outputs(op), ...trained, ...stowed].flatMap((id) => bufferOf(plan, id) ?? []);
  return [...held, ...plan.buffers.filter((buffer) => buffer.kind === 'scratch' && buffer.op === index)];
}

/** Sentences about calls that may change what is not theirs, or ranges that are out of order. */
function faults(graph: Graph, plan: Plan): readonly string[] {
  const writes = callWrites(graph, plan);
  return plan.schedule.calls.flatMap((call, time) => {
    const { name, ranges } = at(writes, time);
    const own = isRead(call) ? [bufferAt(plan, call.tensor)] : ownBuffers(graph, plan, call.op);
    const bytes = new Set(
      own.flatMap(({ offset, bytes: count }) => numbered(count).map((n) => offset + n - 1)),
    );
    const isInside = ranges.every(([from, to]) => numbered(to - from).every((n) => bytes.has(from + n - 1)));
    const isApart = ranges.every(([from, to], i) => from < to && (i === 0 || at(ranges, i - 1)[1] < from));
    return isInside && isApart ? [] : [`call ${time} (${name}): ${JSON.stringify(ranges)}`];
  });
}

describe('what calls may change lies in buffers of their own, ascending and apart', () => {
  it.each(numbered(12))('in a training step, its forward half cut at random: seed %i', (seed) => {
    const inference = randomNetwork(seed);
    const graph = unwrap(trainingGraph(inference, randomScheme(inference, seed)));
    const { schedule } = randomSchedule(graph, seed, {
      inputsInArena: false,
      inputRows: false,
      reduces: () => false,
    });
    expect(faults(graph, placeAll(graph, { ...EFFORT, schedule }))).toEqual([]);
  });

  it.each(chainedNetworks())('in a step by channels: $name', ({ inference, scheme }) => {
    for (const gradients of ['int16', 'int8'] as const) {
      const graph = runPasses(unwrap(trainingGraph(inference, scheme, { gradients })), [compactGradients]);
      const plan = placeAll(graph, { ...EFFORT, schedule: channelwise(graph) });
      expect(plan.schedule.segments.some(({ unit }) => unit === 'channel')).toBe(true);
      expect(faults(graph, plan)).toEqual([]);
    }
  });
});
