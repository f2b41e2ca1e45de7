import fc from 'fast-check';
import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { randomNetwork } from '#test/support/random-networks';
import { randomBranchyNetwork } from '#test/support/random-operators';
import {
  bufferOf,
  isRead,
  placeAll,
  type Plan,
  type PlannedBuffer,
  renderPlan,
  type Schedule,
  verifyPlan,
} from '.';
import { itemsOf } from './items';
import { clashesOf } from './clashes';
import { rowNetworkOf } from './row-network';
import { scheduleOf } from './segments';
import { type RandomSchedule, randomSchedule, withBuffers } from './testing/random-schedules';

const seeds = fc.integer({ min: 1, max: 100_000 });
const networkOfSeed = (seed: number): Graph =>
  seed % 2 === 0 ? randomNetwork(seed) : randomBranchyNetwork(seed);

function scheduleOfSeed(graph: Graph, seed: number): RandomSchedule {
  const reduces = (): boolean => seed % 3 !== 0;
  return randomSchedule(graph, seed, { inputsInArena: true, inputRows: seed % 5 === 0, reduces });
}

const streamed = (graph: Graph, seed: number): Plan =>
  placeAll(graph, {
    schedule: scheduleOfSeed(graph, seed).schedule,
    inputsInArena: true,
    tries: 10,
    looks: 0,
  });

const isSound = (graph: Graph, plan: Plan): boolean => verifyPlan(graph, plan).length === 0;

/** Shares are of a sample: another one would be as good, but the same one every time, or chance alone could fail a test. */
const SAMPLE = 1;

/** How many of the faults that `plant` makes in plans of random networks are found. */
function share(plant: (graph: Graph, plan: Plan, draw: number) => readonly Plan[], numRuns = 450) {
  let [planted, found] = [0, 0];
  fc.assert(
    fc.property(seeds, fc.nat(), (seed, draw) => {
      const graph = networkOfSeed(seed);
      for (const wrong of plant(graph, streamed(graph, seed), draw)) {
        planted++;
        found += isSound(graph, wrong) ? 0 : 1;
      }
    }),
    { numRuns, seed: SAMPLE },
  );
  return { planted, found };
}

describe('a network in segments that run row by row', () => {
  it('has a sound plan, however it is cut', () => {
    const seen = { rows: 0, rings: 0, slots: 0, reads: 0, lodgers: 0 };
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = networkOfSeed(seed);
        const plan = streamed(graph, seed);
        expect(verifyPlan(graph, plan)).toEqual([]);
        expect(plan.peakBytes).toBeGreaterThanOrEqual(plan.lowerBoundBytes);
        expect(plan.lowerBoundBytes).toBe(4 * Math.ceil(scheduleOfSeed(graph, seed).bytes / 4));
        seen.rows += plan.schedule.calls.filter((call) => !isRead(call) && call.rows).length;
        seen.reads += plan.schedule.calls.filter(isRead).length;
        seen.rings += plan.buffers.filter(({ ring }) => ring && !ring.slot).length;
        seen.slots += plan.buffers.filter(({ ring }) => ring?.slot).length;
        seen.lodgers += plan.buffers.filter(({ ring, tensors }) => ring && tensors.length > 1).length;
      }),
      { numRuns: 300 },
    );
    expect(Object.values(seen).every((count) => count > 20)).toBe(true);
  });

  it('takes no more than whole maps when memory is what counts, and no more calls than that when speed does', () => {
    let smaller = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = networkOfSeed(seed);
        const effort = { tries: 30, looks: 1000, inputsInArena: true };
        const whole = placeAll(graph, effort);
        const least = placeAll(graph, { ...effort, optimize: 'ram' });
        expect(least.peakBytes).toBeLessThanOrEqual(whole.peakBytes);
        smaller += least.peakBytes < whole.peakBytes ? 1 : 0;
        const budgetBytes = whole.peakBytes;
        const quick = placeAll(graph, { ...effort, optimize: 'speed', budgetBytes });
        expect(quick.schedule.calls.length).toBe(graph.ops.length);
        const tight = placeAll(graph, { ...effort, optimize: 'speed', budgetBytes: least.peakBytes });
        expect(tight.peakBytes).toBe(least.peakBytes);
        expect(tight.schedule.calls.length).toBeLessThanOrEqual(least.schedule.calls.length);
      }),
      { numRuns: 60 },
    );
    expect(smaller).toBeGreaterThan(5);
  });

  it('keeps apart what a call writes, even a row that nobody reads', () => {
    const builder = new GraphBuilder('skipping');
    const stem = builder.conv('stem', builder.input([1, 4, 7, 2]), { channels: 4 });
    const padding = { top: 2, bottom: 0, left: 2, right: 1 };
    const inner = builder.depthwise('depthwise', stem, { kernel: 4, padding });
    const other = builder.conv('every other', inner, { channels: 2, stride: 2 });
    // Of two rows it needs one: what is left of the others is computed at the end, operator after operator.
    const graph = builder.build(builder.conv('first', other, { channels: 2, stride: 2 }));
    const network = rowNetworkOf(graph, [0, 1, 2, 3], {
      inputsInArena: true,
      inputRows: false,
      reduces: () => false,
    });
    const all = { from: 0, to: 4, unit: 'row', bytes: 0, calls: 0 } as const;
    const plan = placeAll(graph, { schedule: scheduleOf(network, [all]), inputsInArena: true });
    // Its row 1, which nobody reads, would fall upon row 3 of the stem.
    expect(bufferOf(plan, inner)?.ring?.slot).toBeUndefined();
    expect(verifyPlan(graph, plan)).toEqual([]);
  });

  it('is the same for the same request', () => {
    const plan = (seed: number): Plan =>
      placeAll(randomNetwork(seed), { optimize: 'ram', inputsInArena: true, tries: 30 });
    for (const seed of [3, 4, 5]) expect(plan(seed)).toEqual(plan(seed));
  });
});

describe('the verifier finds', () => {
  it('a ring that is one row too small', () => {
    const { planted, found } = share((_, plan, draw) => {
      const rings = plan.buffers.filter(({ ring }) => ring && !ring.slot && ring.rows > 1);
      const small = rings[draw % rings.length];
      return small?.ring
        ? [
            withBuffers(plan, (buffer) =>
              buffer === small && buffer.ring
                ? { ...buffer, ring: { ...buffer.ring, rows: buffer.ring.rows - 1 } }
                : buffer,
            ),
          ]
        : [];
    });
    expect(planted).toBeGreaterThan(50);
    expect(found).toBeGreaterThan(0.9 * planted);
  });

  it('a row that lodges in another row than the one that dies', () => {
    const { planted, found } = share((_, plan) => {
      const isSlot = ({ ring }: PlannedBuffer): boolean => ring?.slot !== undefined;
      const wrong = withBuffers(plan, (buffer) =>
        buffer.ring?.slot
          ? {
              ...buffer,
              ring: { ...buffer.ring, slot: { ...buffer.ring.slot, shift: buffer.ring.slot.shift + 1 } },
            }
          : buffer,
      );
      return plan.buffers.some(isSlot) ? [wrong] : [];
    });
    expect(planted).toBeGreaterThan(10);
    // Some rings are longer than what is left of them, at the end.
    expect(found).toBeGreaterThan(0.9 * planted);
  });

  it('scratch on a map that is alive, or on what the calls between keep', () => {
    const { planted, found } = share((_, plan, draw) => {
      const scratch = plan.buffers.filter(({ kind, op }) => kind === 'scratch' && op !== undefined);
      const moved = scratch[draw % scratch.length];
      const rings = plan.buffers.filter(
        ({ ring, first, last }) => ring && moved && first <= moved.first && moved.last <= last,
      );
      const target = rings[draw % rings.length];
      if (!moved || !target) return [];
      const offset = Math.ceil(target.offset / 4) * 4;
      if (offset >= target.offset + target.bytes) return [];
      const wrong = withBuffers(plan, (buffer) => (buffer === moved ? { ...buffer, offset } : buffer));
      return [{ ...wrong, peakBytes: 2 * plan.peakBytes }];
    });
    expect(planted).toBeGreaterThan(30);
    expect(found).toBeGreaterThan(0.8 * planted);
  });

  it('a call left out, made twice, or made too early', () => {
    const { planted, found } = share((_, plan, draw) => {
      const { calls, segments } = plan.schedule;
      const position = draw % calls.length;
      const call = at(calls, position);
      const withCalls = (list: Schedule['calls']): Plan => ({ ...plan, schedule: { calls: list, segments } });
      const early = calls.toSpliced(position, 1);
      return [
        withCalls(calls.toSpliced(position, 1)),
        withCalls(calls.toSpliced(position, 0, call)),
        ...(position > 0 && isRead(call) ? [withCalls([...early, call])] : []),
      ];
    });
    expect(found).toBeGreaterThan(0.97 * planted);
  });
});

/** A pair of maps that pass each other row by row, all else out of the way: `distance` from the one to the other. */
function apart(plan: Plan, pair: readonly [string, string], distance: number): Plan {
  const [own, other] = pair;
  const base = 4 * plan.peakBytes;
  let top = 8 * plan.peakBytes;
  const bases = new Map<number, number>();
  const buffers = plan.buffers.map((buffer): PlannedBuffer => {
    if (buffer.name === own) return { ...buffer, offset: base + distance };
    if (buffer.name === other) return { ...buffer, offset: base };
    // Lodgers keep the place of their host.
    const known = bases.get(buffer.offset);
    if (buffer.ring?.slot && known !== undefined) return { ...buffer, offset: known };
    const offset = top;
    if (buffer.ring) bases.set(buffer.offset, offset);
    top += Math.ceil(buffer.bytes / 4) * 4;
    return { ...buffer, offset };
  });
  return { ...plan, buffers, peakBytes: top };
}

describe('two maps that pass each other row by row', () => {
  it('may be as near as the planner says, and no row nearer', () => {
    let [tight, found] = [0, 0];
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = networkOfSeed(seed);
        const plan = streamed(graph, seed);
        const execution = { graph, schedule: plan.schedule, inputsInArena: true };
        const { others } = itemsOf(execution);
        clashesOf(others).forEach((clashes, own) => {
          for (const { other, down, from, to } of clashes) {
            const [a, b] = [at(others.items, own), at(others.items, other)];
            if (a.spans.length < 2 || b.spans.length < 2 || a.kind === 'scratch' || b.kind === 'scratch')
              continue;
            const nearest = from === -Infinity ? Math.max(down, to) : down;
            // A kernel that reads everything before it writes lets its output lie anywhere over its operand.
            if (nearest === Infinity) continue;
            expect(verifyPlan(graph, apart(plan, [a.name, b.name], nearest))).toEqual([]);
            tight++;
            found += isSound(graph, apart(plan, [a.name, b.name], nearest + 1)) ? 0 : 1;
          }
        });
      }),
      { numRuns: 150 },
    );
    expect(tight).toBeGreaterThan(50);
    expect(found).toBeGreaterThan(0.8 * tight);
  });
});

describe('a small network by rows', () => {
  const builder = new GraphBuilder('small');
  const input = builder.input([1, 8, 8, 2]);
  const wide = builder.conv('expand', input, { channels: 12 });
  const inner = builder.depthwise('depthwise', wide, { kernel: 3, padding: 1 });
  const narrow = builder.conv('project', inner, { channels: 2 });
  const graph = builder.build(
    builder.conv('last', narrow, { channels: 3, kernel: 3, stride: 2, padding: 1 }),
  );
  const plan = placeAll(graph, { optimize: 'ram', inputsInArena: true });

  it('keeps three rows of what a 3x3 kernel reads, and makes the next map in the row that dies', () => {
    expect(plan.schedule.segments).toEqual([
      { ops: [0, 1, 2], unit: 'row' },
      { ops: [3], unit: 'layer' },
    ]);
    expect(bufferOf(plan, wide)?.ring).toEqual({ rows: 3, rowBytes: 8 * 12 });
    expect(bufferOf(plan, inner)?.ring).toEqual({ rows: 3, rowBytes: 8 * 12, slot: { step: 1, shift: -1 } });
    expect(bufferOf(plan, inner)?.offset).toBe(bufferOf(plan, wide)?.offset);
    expect(plan.peakBytes).toBeLessThan(0.6 * placeAll(graph, { inputsInArena: true }).peakBytes);
  });

  it('runs an operator when the next needs its row', () => {
    const calls = plan.schedule.calls.map((call) =>
      isRead(call) ? 'read' : `${call.op}:${call.rows?.from}`,
    );
    expect(calls.slice(0, 8)).toEqual(['0:0', '0:1', '1:0', '2:0', '0:2', '1:1', '2:1', '0:3']);
    expect(calls.slice(-4)).toEqual(['2:6', '1:7', '2:7', '3:undefined']);
  });

  it('reads rows of the input just before they are needed, where they come one by one', () => {
    const read = placeAll(graph, { optimize: 'ram', inputRows: true });
    expect(read.schedule.calls.slice(0, 2)).toEqual([
      { kind: 'read', tensor: input, rows: { from: 0, to: 1 } },
      { op: 0, rows: { from: 0, to: 1 } },
    ]);
    expect(bufferOf(read, input)?.ring).toEqual({ rows: 1, rowBytes: 16 });
    expect(read.peakBytes).toBeLessThan(plan.peakBytes);
  });

  it('is written as text, with its segments and rings', () => {
    const text = renderPlan(graph, plan);
    expect(text).toContain('rows  expand, depthwise, project');
    expect(text).toContain('ring of 3 rows of 96');
  });
});
