import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { randomNetwork, randomScheme } from '#test/support/random-networks';
import { residualNetwork } from '#test/support/tiny-networks';
import { randomBranchyNetwork } from '#test/support/random-operators';
import { bufferOf, placeAll, type Plan, planMemory, type PlannedBuffer, renderPlan, verifyPlan } from '.';
import { type Items, itemsOf, type Sharing, type Span } from './items';
import { Placer } from './place';

const seeds = fc.integer({ min: 1, max: 400 });
const trainingOf = (seed: number): Graph => {
  const inference = randomNetwork(seed);
  return unwrap(trainingGraph(inference, randomScheme(inference, seed)));
};

const aliveTogether = (a: PlannedBuffer, b: PlannedBuffer): boolean => a.first <= b.last && b.first <= a.last;

type Pair = readonly [PlannedBuffer, PlannedBuffer];
const pairsAlive = (plan: Plan): readonly Pair[] =>
  plan.buffers.flatMap((a, i) =>
    plan.buffers.slice(i + 1).flatMap((b) => (aliveTogether(a, b) ? [[a, b] as const] : [])),
  );

const itemsOfPlan = (graph: Graph, { schedule, inputsInArena }: Plan): Items =>
  itemsOf({ graph, schedule, inputsInArena }).others;

/** Pairs of buffers that have bytes in common, though they are alive together and nothing allows it. */
function collisions(graph: Graph, plan: Plan): readonly Pair[] {
  const { items, sharings } = itemsOfPlan(graph, plan);
  const variables = plan.buffers.length - items.length;
  const isAllowed = (a: PlannedBuffer, b: PlannedBuffer): boolean =>
    sharings.some(
      ({ operand, output, atLeast = -Infinity, atMost, multipleOf }) =>
        plan.buffers[variables + operand] === a &&
        plan.buffers[variables + output] === b &&
        b.offset - a.offset >= atLeast &&
        b.offset - a.offset <= atMost &&
        (b.offset - a.offset) % multipleOf === 0,
    );
  // What is filled with sums for some calls takes fewer bytes in the others.
  const spansOf = (buffer: PlannedBuffer): readonly Span[] =>
    items[plan.buffers.indexOf(buffer) - variables]?.spans ?? [{ ...buffer, low: 0, high: buffer.bytes }];
  const meet = (a: PlannedBuffer, b: PlannedBuffer): boolean =>
    spansOf(a).some((own) =>
      spansOf(b).some(
        (other) =>
          own.first <= other.last &&
          other.first <= own.last &&
          a.offset + own.low < b.offset + other.high &&
          b.offset + other.low < a.offset + own.high,
      ),
    );
  return pairsAlive(plan).filter(([a, b]) => meet(a, b) && !isAllowed(a, b) && !isAllowed(b, a));
}

/** The plan of a planner with a bug: it places other items than it should. What it says of lifetimes is right. */
function planWithBug(graph: Graph, sound: Plan, bug: (items: Items) => Items): Plan {
  const items = itemsOfPlan(graph, sound);
  const variables = sound.buffers.slice(0, sound.buffers.length - items.items.length);
  const floor = Math.max(0, ...variables.map(({ offset, bytes }) => offset + bytes));
  const wrong = bug(items);
  const order = wrong.items.map((_, i) => i).sort((a, b) => wrong.items[b]!.bytes - wrong.items[a]!.bytes);
  const { bases, peakBytes } = new Placer(wrong, Math.ceil(floor / 4) * 4, 1).place(order);
  const moved = sound.buffers.map((buffer, i) =>
    i < variables.length ? buffer : { ...buffer, offset: bases[i - variables.length]! },
  );
  return { ...sound, buffers: moved, peakBytes };
}

const shortLives = ({ items, sharings }: Items): Items => ({
  items: items.map((item) => ({
    ...item,
    spans: item.spans.map((span) => ({ ...span, last: Math.max(span.first, span.last - 1) })),
  })),
  sharings,
});

const oneTooFar = (sharing: Sharing): Sharing => ({
  ...sharing,
  atMost: sharing.atMost + sharing.multipleOf,
});

describe('a plan of a random network', () => {
  it('is sound, for inference and for training', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const graph of [randomNetwork(seed), randomBranchyNetwork(seed), trainingOf(seed)]) {
          for (const inputsInArena of [false, true]) {
            const plan = placeAll(graph, { tries: 30, looks: 2000, inputsInArena });
            expect(verifyPlan(graph, plan)).toEqual([]);
            expect(collisions(graph, plan)).toEqual([]);
            expect(plan.peakBytes).toBeGreaterThanOrEqual(plan.lowerBoundBytes);
            if (plan.proof === 'bound') expect(plan.peakBytes).toBe(plan.lowerBoundBytes);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is proved to be the least possible, for almost every network that branches', () => {
    const proofs = Array.from({ length: 60 }, (_, seed) =>
      placeAll(randomBranchyNetwork(seed + 1), { inputsInArena: true }),
    );
    expect(proofs.filter(({ proof }) => proof === 'none').length).toBeLessThan(4);
  });

  it('is found out by the verifier when one buffer is moved onto another that lives with it for longer than a call', () => {
    fc.assert(
      fc.property(seeds, fc.nat(), (seed, draw) => {
        const graph = trainingOf(seed);
        const plan = placeAll(graph, { tries: 0, looks: 0 });
        const meet = ([a, b]: Pair): boolean => Math.max(a.first, b.first) === Math.min(a.last, b.last);
        const pairs = pairsAlive(plan).filter((pair) => !meet(pair));
        const [moved, target] = pairs[draw % pairs.length]!;
        const buffers = plan.buffers.map((buffer) =>
          buffer === moved ? { ...buffer, offset: target.offset } : buffer,
        );
        expect(verifyPlan(graph, { ...plan, buffers, peakBytes: 2 * plan.peakBytes })).not.toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('is found out by the verifier when scratch lies on an operand, an output or what waits', () => {
    fc.assert(
      fc.property(seeds, fc.nat(), (seed, draw) => {
        const graph = randomNetwork(seed);
        const plan = placeAll(graph, { tries: 0, looks: 0, inputsInArena: true });
        const pairs = pairsAlive(plan).filter(([, { kind }]) => kind === 'scratch');
        const [target, scratch] = pairs[draw % pairs.length]!;
        const offset = Math.ceil(target.offset / 4) * 4;
        fc.pre(offset < target.offset + target.bytes);
        const buffers = plan.buffers.map((buffer) => (buffer === scratch ? { ...buffer, offset } : buffer));
        expect(verifyPlan(graph, { ...plan, buffers, peakBytes: 2 * plan.peakBytes })).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is found out by the verifier when the mask of an ADD lies on one of its operands', () => {
    const graph = trainingOf(251);
    const plan = placeAll(graph, { tries: 0, looks: 0 });
    const mask = plan.buffers.find(({ name }) => name === 'b3.res.mask')!;
    const buffers = plan.buffers.map((buffer) =>
      buffer.name === 'b2' ? { ...buffer, offset: mask.offset } : buffer,
    );
    expect(verifyPlan(graph, { ...plan, buffers })).not.toEqual([]);
  });

  it.each([
    ['lifetimes are one call too short', shortLives],
    [
      'outputs may lie one byte (or pixel) too far over operands',
      ({ items, sharings }: Items): Items => ({ items, sharings: sharings.map(oneTooFar) }),
    ],
  ])('is found out by the verifier when %s', (_, bug) => {
    let planted = 0;
    let found = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const graph of [trainingOf(seed), randomBranchyNetwork(seed)]) {
          const sound = placeAll(graph, { tries: 0, looks: 0, inputsInArena: true });
          const wrong = planWithBug(graph, sound, bug);
          const collided = collisions(graph, wrong);
          if (collided.length === 0) continue;
          const isFound = verifyPlan(graph, wrong).length > 0;
          planted++;
          found += isFound ? 1 : 0;
          // An output may happen to lie on bytes of its operand that the kernel never reads; scratch may not even then.
          if (collided.flat().some(({ kind }) => kind === 'scratch')) expect(isFound).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
    expect(planted).toBeGreaterThan(10);
    expect(found).toBeGreaterThan(0.8 * planted);
  });

  it('is found out by the verifier when an operator is left out, or a call comes too early', () => {
    const graph = residualNetwork();
    const plan = placeAll(graph);
    const { calls, segments } = plan.schedule;
    expect(verifyPlan(graph, { ...plan, schedule: { calls: calls.slice(0, -1), segments } })).not.toEqual([]);
    expect(verifyPlan(graph, { ...plan, schedule: { calls: calls.toReversed(), segments } })).not.toEqual([]);
  });
});

describe('planMemory', () => {
  const inference = residualNetwork();
  const graph = unwrap(
    trainingGraph(inference, { name: 'all', biasLayers: 4, weightLayers: [{ layer: 1, ratio: 1 }] }),
  );

  it('refuses what does not fit, with the bytes and the operator at the peak', () => {
    const { peakBytes } = placeAll(graph);
    expect(planMemory(graph, { budgetBytes: peakBytes })).toMatchObject({ ok: true });
    const result = planMemory(graph, { budgetBytes: peakBytes - 1 });
    const largestOp: unknown = expect.any(String);
    const error = {
      code: 'plan.does-not-fit',
      neededBytes: peakBytes,
      budgetBytes: peakBytes - 1,
      largestOp,
    };
    expect(result).toMatchObject({ ok: false, error });
    expect(!result.ok && graph.ops.some(({ name }) => name === result.error.largestOp)).toBe(true);
  });

  it('puts the variables at the bottom, in graph order', () => {
    const variables = placeAll(graph).buffers.filter(({ kind }) => kind === 'variable');
    expect(variables.map(({ name }) => name)).toEqual([
      'stem.b.trained',
      'b1.ex.w.trained',
      'b1.ex.b.trained',
      'b1.dw.b.trained',
      'b1.pw.b.trained',
      'fc.w.trained',
      'fc.b.trained',
    ]);
    expect(variables[0]?.offset).toBe(0);
    expect(variables.every(({ first, last }) => first === 0 && last === graph.ops.length - 1)).toBe(true);
  });

  it('lets operators that work in place share storage', () => {
    const plan = placeAll(graph);
    for (const op of graph.ops) {
      if (op.kind !== 'scaleGradient' && op.kind !== 'reshape') continue;
      expect(bufferOf(plan, op.output)).toBe(bufferOf(plan, op.input));
    }
  });

  it('lets an ADD overlap an input that dies there, and only then', () => {
    const add = inference.ops.find((op) => op.kind === 'add')!;
    const sharedWith = (each: Graph): readonly string[] => {
      const { items, sharings } = itemsOfPlan(each, placeAll(each));
      const output = items.findIndex(({ tensors }) => tensors.includes(add.output));
      return sharings
        .filter((sharing) => sharing.output === output)
        .map(({ operand }) => items[operand]!.name);
    };
    expect(sharedWith(inference)).toEqual(['b1.pw', 'stem']);
    expect(sharedWith({ ...inference, outputs: [...inference.outputs, ...add.inputs] })).toEqual([]);
  });

  it('holds inputs from the start to their last reader, where they are wanted in the arena', () => {
    const [input] = inference.inputs;
    const plan = placeAll(inference, { inputsInArena: true });
    expect(bufferOf(plan, input!)).toMatchObject({ first: 0, last: 0, bytes: 96 });
    expect(bufferOf(placeAll(inference), input!)).toBeUndefined();
  });

  it('lets two branches read one value under two shapes', () => {
    const builder = new GraphBuilder('shapes');
    const stem = builder.conv('stem', builder.input([1, 4, 4, 2]), { channels: 4 });
    const flat = builder.reshape('flat', stem, [1, 64]);
    const head = builder.fullyConnected('head', flat, { channels: 3 });
    const plan = placeAll(builder.build(builder.conv('conv', stem, { channels: 4 }), head), {
      inputsInArena: true,
    });
    expect(bufferOf(plan, flat)).toBe(bufferOf(plan, stem));
    expect(plan.proof).toBe('bound');
  });

  it('keeps outputs until the end and has no place for what lies in flash', () => {
    const plan = placeAll(graph);
    expect(bufferOf(plan, graph.outputs[0]!)?.last).toBe(graph.ops.length - 1);
    for (const { id, role } of graph.tensors) {
      if (role === 'constant' || role === 'input' || role === 'label' || role === 'loss')
        expect(bufferOf(plan, id)).toBeUndefined();
    }
  });

  it('crashes on a graph that reads what was overwritten in place', () => {
    const scale = graph.ops.find((op) => op.kind === 'scaleGradient')!;
    const late = { kind: 'copyGradient' as const, name: 'late', input: scale.input, output: scale.output };
    expect(() => placeAll({ ...graph, ops: [...graph.ops, late] })).toThrow('overwritten in place');
  });

  it('writes a plan as text', () => {
    const text = renderPlan(graph, placeAll(graph));
    expect(text).toMatch(/^plan of residual: \d+ bytes \(bound \d+, ratio \d\.\d+, by /);
    for (const op of graph.ops) expect(text).toContain(`${op.name} ${op.kind}`);
    for (const { name, role } of graph.tensors) if (role === 'variable') expect(text).toContain(name);
  });
});

describe('the plans of kws-digits', () => {
  const inference = kwsDigitsGraph();
  const peakOf = (graph: Graph): number => placeAll(graph).peakBytes;
  const training = (scheme: keyof typeof KWS_SCHEMES): Graph =>
    unwrap(trainingGraph(inference, KWS_SCHEMES[scheme]));

  it('meet the lower bound for inference and for the two schemes that devices run', () => {
    for (const graph of [inference, training('fc'), training('sparse')]) {
      const plan = placeAll(graph);
      expect(plan.peakBytes).toBe(plan.lowerBoundBytes);
    }
  });

  it('stay within what they took when they were measured', () => {
    expect(peakOf(inference)).toBeLessThanOrEqual(24_128);
    expect(peakOf(training('fc'))).toBeLessThanOrEqual(25_448);
    expect(peakOf(training('sparse'))).toBeLessThanOrEqual(39_848);
    expect(peakOf(training('full'))).toBeLessThanOrEqual(180_768);
  });
});
