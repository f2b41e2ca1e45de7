import fc from 'fast-check';
import { at, unwrap } from '#libs/base/result';
import { type Graph, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { schemeLadder } from '#libs/model/scheme';
import { GraphBuilder } from '#test/support/graph-builder';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { randomInputs, randomNetwork, randomScheme } from '#test/support/random-networks';
import { type Call, isRead, placeAll, type Plan, type PlannedBuffer, type Rows, verifyPlan } from '.';
import { randomSchedule, withBuffers } from './testing/random-schedules';
import { TrainingArena } from '#test/support/training-arena';

const seeds = fc.integer({ min: 1, max: 100_000 });
const trainingOf = (seed: number): Graph => {
  const inference = randomNetwork(seed);
  return unwrap(trainingGraph(inference, randomScheme(inference, seed)));
};

const EFFORT = { tries: 10, looks: 0 };

const scheduleOfSeed = (graph: Graph, seed: number, inputsInArena = false) =>
  randomSchedule(graph, seed, { inputsInArena, inputRows: false, reduces: () => false });

const streamed = (graph: Graph, seed: number): Plan =>
  placeAll(graph, { ...EFFORT, schedule: scheduleOfSeed(graph, seed).schedule });

const isSound = (graph: Graph, plan: Plan): boolean => verifyPlan(graph, plan).length === 0;

/** Buffers of something that row calls write and the backward half reads. */
function keptOf(graph: Graph, plan: Plan): readonly PlannedBuffer[] {
  const { calls } = plan.schedule;
  const lastRow = calls.findLastIndex((call) => !isRead(call) && call.rows);
  return plan.buffers.filter(
    ({ kind, first, last, tensors }) =>
      kind === 'activation' &&
      first < lastRow &&
      last > lastRow &&
      tensors.some((id) => tensorOf(graph, id).type === 'mask' || tensorOf(graph, id).type === 'int8'),
  );
}

/** How many of the faults that `plant` makes in plans of random training graphs are found. */
function share(plant: (graph: Graph, plan: Plan, draw: number) => readonly Plan[]) {
  let [planted, found] = [0, 0];
  fc.assert(
    fc.property(seeds, fc.nat(), (seed, draw) => {
      const graph = trainingOf(seed);
      for (const wrong of plant(graph, streamed(graph, seed), draw)) {
        planted++;
        found += isSound(graph, wrong) ? 0 : 1;
      }
    }),
    { numRuns: 200 },
  );
  return { planted, found };
}

describe('a training step of which the forward half runs row by row in segments', () => {
  it('has a sound plan, however it is cut', () => {
    const seen = { masks: 0, saved: 0, trained: 0, adds: 0 };
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, inputsInArena) => {
        const graph = trainingOf(seed);
        const { schedule, bytes } = scheduleOfSeed(graph, seed, inputsInArena);
        const plan = placeAll(graph, { ...EFFORT, schedule, inputsInArena });
        const variables = plan.buffers.filter(({ kind }) => kind === 'variable');
        const floor = Math.max(0, ...variables.map((each) => 4 * Math.ceil((each.offset + each.bytes) / 4)));
        expect(verifyPlan(graph, plan)).toEqual([]);
        expect(plan.lowerBoundBytes).toBe(4 * Math.ceil((floor + bytes) / 4));
        for (const { tensors } of keptOf(graph, plan)) {
          const isMask = tensors.some((id) => tensorOf(graph, id).type === 'mask');
          seen[isMask ? 'masks' : 'saved']++;
        }
        const byRows = schedule.calls.flatMap((call) =>
          !isRead(call) && call.rows ? at(graph.ops, call.op) : [],
        );
        seen.adds += byRows.filter((op) => op.kind === 'add' && op.mask !== undefined).length;
        seen.trained += byRows.filter(
          (op) => 'weights' in op && tensorOf(graph, op.weights).role === 'variable',
        ).length;
      }),
      { numRuns: 300 },
    );
    expect(Object.values(seen).every((count) => count > 20)).toBe(true);
  });

  it('learns what the reference learns, on an arena of the planned size full of random bytes', () => {
    let byRows = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = trainingOf(seed);
        const apart = { ...placeAll(graph, EFFORT) };
        const plans = [streamed(graph, seed), placeAll(graph, { ...EFFORT, optimize: 'ram' })];
        const results = [apart, ...plans].map((plan) => {
          const arena = new TrainingArena(graph, plan, seed);
          randomInputs(randomNetwork(seed), 2, seed).forEach((input, index) =>
            arena.step(input, index, { seed, index, rates: uniformRates(0.1) }),
          );
          return arena.result();
        });
        for (const result of results) expect(result).toEqual(results[0]);
        byRows += plans.filter(({ schedule }) => schedule.segments.some(({ unit }) => unit === 'row')).length;
      }),
      { numRuns: 40 },
    );
    expect(byRows).toBeGreaterThan(20);
  });

  it('takes no more than a step of whole maps, and runs whole where nobody asks', () => {
    let smaller = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = trainingOf(seed);
        const whole = placeAll(graph, EFFORT);
        expect(whole.schedule.segments.every(({ unit }) => unit === 'layer')).toBe(true);
        const least = placeAll(graph, { ...EFFORT, optimize: 'ram' });
        expect(least.peakBytes).toBeLessThanOrEqual(whole.peakBytes);
        smaller += least.peakBytes < whole.peakBytes ? 1 : 0;
        const tight = placeAll(graph, { ...EFFORT, optimize: 'speed', budgetBytes: least.peakBytes });
        expect(tight.peakBytes).toBe(least.peakBytes);
        const wide = placeAll(graph, { ...EFFORT, optimize: 'speed', budgetBytes: whole.peakBytes });
        expect(wide.schedule.calls).toHaveLength(graph.ops.length);
      }),
      { numRuns: 60 },
    );
    expect(smaller).toBeGreaterThan(3);
  });
});

describe('in a streamed training step, the verifier finds', () => {
  it('what is kept for the backward half on something that is alive meanwhile', () => {
    const { planted, found } = share((graph, plan, draw) => {
      const kept = keptOf(graph, plan);
      const moved = kept[draw % kept.length];
      if (!moved) return [];
      const others = plan.buffers.filter(
        (buffer) =>
          buffer !== moved && buffer.offset >= 0 && buffer.first < moved.last && moved.first < buffer.last,
      );
      const target = others[draw % others.length];
      if (!target) return [];
      const wrong = withBuffers(plan, (buffer) =>
        buffer === moved ? { ...buffer, offset: target.offset } : buffer,
      );
      return [{ ...wrong, peakBytes: 2 * plan.peakBytes }];
    });
    expect(planted).toBeGreaterThan(50);
    expect(found).toBeGreaterThan(0.9 * planted);
  });

  it('anything on a trained copy', () => {
    const { planted, found } = share((_, plan, draw) => {
      const variables = plan.buffers.filter(({ kind }) => kind === 'variable');
      const others = plan.buffers.filter(({ kind }) => kind !== 'variable');
      const [moved, target] = [others[draw % others.length], variables[draw % variables.length]];
      return moved && target
        ? [withBuffers(plan, (buffer) => (buffer === moved ? { ...buffer, offset: target.offset } : buffer))]
        : [];
    });
    expect(planted).toBeGreaterThan(100);
    expect(found).toBe(planted);
  });

  it('an add that runs row by row though bits of two rows share a byte of its mask', () => {
    const builder = new GraphBuilder('odd');
    const stem = builder.conv('stem', builder.input([1, 5, 3, 2]), { channels: 3 });
    const sum = builder.add('sum', builder.conv('narrow', stem, { channels: 3 }), stem);
    const pool = builder.averagePool('pool', builder.conv('last', sum, { channels: 4 }));
    const inference = builder.build(
      builder.fullyConnected('fc', builder.reshape('features', pool, [1, 4]), { channels: 3 }),
    );
    const weightLayers = [{ layer: 0, ratio: 1 }];
    const graph = unwrap(trainingGraph(inference, { name: 'all', biasLayers: 3, weightLayers }));
    const plan = placeAll(graph, EFFORT);
    const add = graph.ops.findIndex(({ kind }) => kind === 'add');
    const rowsOf = (count: number): readonly Rows[] =>
      Array.from({ length: count }, (_, row) => ({ from: row, to: row + 1 }));
    const calls = plan.schedule.calls.flatMap((call): readonly Call[] =>
      isRead(call) || call.op !== add ? [call] : rowsOf(5).map((rows) => ({ op: add, rows })),
    );
    const wrong = { ...plan, schedule: { ...plan.schedule, calls } };
    expect(verifyPlan(graph, wrong)).toContain('sum cannot run row by row');
    expect(
      placeAll(graph, { ...EFFORT, optimize: 'ram' }).schedule.segments.flatMap(({ ops, unit }) =>
        unit === 'row' ? ops : [],
      ),
    ).not.toContain(add);
  });
});

describe('the rungs of kws-digits', () => {
  const inference = kwsDigitsGraph();
  const planOfRung = (name: string): Plan => {
    const scheme = schemeLadder(inference).find((each) => each.name === name);
    return placeAll(unwrap(trainingGraph(inference, scheme!)), { optimize: 'ram' });
  };

  it.each([
    ['last', 8_552],
    ['sparse-b6', 14_864],
    ['pointwise-b6', 26_744],
    ['sparse-b5', 28_756],
    ['sparse-b4', 36_000],
  ] as const)('%s trains in %d bytes, proved to be the least of the schedule', (name, bytes) => {
    const { peakBytes, proof } = planOfRung(name);
    expect({ peakBytes, proof }).toEqual({ peakBytes: bytes, proof: 'bound' });
  });
});
