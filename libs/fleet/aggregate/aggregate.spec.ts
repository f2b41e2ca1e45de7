import fc from 'fast-check';
import { toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { layersOf } from '#libs/model/ir';
import { readRawDelta, writeRawDelta, type VariableDelta } from '#libs/fleet/delta';
import {
  anyContributions,
  canonicalValues,
  contribution,
  patchedGraph,
  scalesOf,
  smallGraph,
  uniform,
  VARIABLES,
} from '#test/fleet-vectors/aggregate-world';
import {
  aggregate,
  type AggregationPolicy,
  type Contribution,
  type Master,
  MEAN,
  publish,
  readMaster,
  startMaster,
  writeMaster,
} from './index';

const POLICIES: readonly AggregationPolicy[] = [
  MEAN,
  { rule: { kind: 'median' } },
  { rule: { kind: 'trimmedMean', trim: 0.25 }, clipRms: 20 },
];

interface Version {
  readonly graph: ReturnType<typeof smallGraph>;
  readonly master: Master;
}

const firstVersion = (seed = 1, headScales?: readonly number[]): Version => {
  const graph = smallGraph(seed, headScales);
  return { graph, master: unwrap(startMaster(graph)) };
};

/** A round: aggregated, published, the next version. */
function nextVersion(
  { graph, master }: Version,
  contributions: readonly Contribution[],
  policy = MEAN,
): Version {
  const { master: after } = unwrap(aggregate(master, contributions, policy));
  const publication = publish({ graph, before: master, after });
  return { graph: patchedGraph(graph, publication.patches), master: publication.master };
}

const deltasOf = ({ layout, raw }: Contribution): ReadonlyMap<string, VariableDelta> =>
  new Map(unwrap(readRawDelta(layout, raw)).map((delta) => [delta.variable.tensorName, delta]));

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

describe('the aggregate', () => {
  it('does not depend on the order in which contributions came', () => {
    fc.assert(
      fc.property(
        anyContributions(),
        fc.constantFrom(...POLICIES),
        fc.nat(),
        (contributions, policy, turn) => {
          const { master } = firstVersion();
          const turned = contributions
            .map((_, i) => at(contributions, (i + turn) % contributions.length))
            .toReversed();
          const [one, other] = [contributions, turned].map((some) => unwrap(aggregate(master, some, policy)));
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('averages a tensor over those who trained it only', () => {
    const { master } = firstVersion();
    const head = uniform('a', 16, 1);
    const variables = VARIABLES.slice(-2);
    const layout = { schemeId: 2, variables };
    const raw = writeRawDelta(
      variables.map((variable) => ({ variable, values: new Int32Array(variable.count).fill(48) })),
    );
    const outcome = unwrap(aggregate(master, [head, { deviceId: 'b', sampleCount: 1, layout, raw }], MEAN));
    const moved = (name: string): number => {
      const index = master.parameters.findIndex((parameter) => parameter.name === name);
      return at(at(outcome.master.parameters, index).values, 0) - at(at(master.parameters, index).values, 0);
    };
    expect(moved('conv.b')).toBe(16 * 256);
    expect(moved('fc.b')).toBe(32 * 256);
    expect(moved('fc.w')).toBe(32 * 65536);
    expect(outcome.parameters.map(({ contributors }) => contributors)).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('leaves what nobody trained as it was', () => {
    const { master } = firstVersion();
    const { master: after } = unwrap(
      aggregate(master, [contribution('a', 1, { variables: VARIABLES.slice(-2) })], MEAN),
    );
    expect(after.parameters.slice(0, 6)).toEqual(master.parameters.slice(0, 6));
  });

  it('takes back exactly what is taken back', () => {
    const { master } = firstVersion(3);
    const there = unwrap(aggregate(master, [uniform('a', 1), uniform('b', 0), uniform('c', 0)], MEAN)).master;
    const back = unwrap(aggregate(there, [uniform('a', -1), uniform('b', 0), uniform('c', 0)], MEAN)).master;
    const inside = at(master.parameters, 4).values.findIndex((value) => Math.abs(value) < 100 * 65536);
    expect(at(at(back.parameters, 4).values, inside)).toBe(at(at(master.parameters, 4).values, inside));
  });

  it('keeps changes smaller than a step until they make one', () => {
    let version = firstVersion(3);
    const start = canonicalValues(version.graph, 'pw.w');
    const third = [uniform('a', 1), uniform('b', 0), uniform('c', 0)];
    const seen = [];
    for (let round = 0; round < 6; round++) {
      version = nextVersion(version, third);
      const values = canonicalValues(version.graph, 'pw.w');
      seen.push(at(values, 0) - at(start, 0));
    }
    expect(Math.abs(at(start, 0))).toBeLessThan(120);
    expect(seen).toEqual([0, 1, 1, 1, 2, 2]);
  });

  it('saturates instead of wrapping', () => {
    let version = firstVersion();
    for (let round = 0; round < 3; round++) version = nextVersion(version, [uniform('a', 254)]);
    expect(new Set(canonicalValues(version.graph, 'conv.w'))).toEqual(new Set([127]));
    for (let round = 0; round < 3; round++) version = nextVersion(version, [uniform('a', -254)]);
    expect(new Set(canonicalValues(version.graph, 'conv.w'))).toEqual(new Set([-127]));
  });

  it('scales a contribution down that moved too far, and says so', () => {
    const { master } = firstVersion(3);
    const policy: AggregationPolicy = { rule: { kind: 'mean' }, clipRms: 10 };
    const { contributions, master: after } = unwrap(
      aggregate(master, [uniform('a', 100), uniform('b', 0)], policy),
    );
    expect(contributions).toEqual([
      { deviceId: 'a', weightRms: 100, isClipped: true },
      { deviceId: 'b', weightRms: 0, isClipped: false },
    ]);
    expect(at(at(after.parameters, 1).values, 0) - at(at(master.parameters, 1).values, 0)).toBe(5 * 256);
  });

  it.each([
    ['aggregate.no-contributions', []],
    ['aggregate.duplicate-device', [uniform('a', 1), uniform('b', 1), uniform('a', 2)]],
    ['aggregate.bad-sample-count', [uniform('a', 1, 0)]],
    ['aggregate.bad-sample-count', [uniform('a', 1, 1.5)]],
    ['aggregate.bad-sample-count', [uniform('a', 1, 2 ** 30), uniform('b', 1)]],
    ['aggregate.bad-delta', [{ ...uniform('a', 1), raw: new Uint8Array(3) }]],
    ['aggregate.unknown-parameter', [withVariable({ tensorName: 'nowhere', kind: 'weights', count: 1 })]],
    ['aggregate.unknown-parameter', [withVariable({ tensorName: 'conv.w', kind: 'weights', count: 1 })]],
    ['aggregate.unknown-parameter', [withVariable({ tensorName: 'conv.w', kind: 'head', count: 54 })]],
    ['aggregate.unknown-parameter', [withVariable(VARIABLES[0], VARIABLES[0])]],
  ] as [string, Contribution[]][])('refuses: %s (%#)', (code, contributions) => {
    expect(aggregate(firstVersion().master, contributions, MEAN)).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  it.each([{ rule: { kind: 'trimmedMean', trim: 0.5 } }, { rule: { kind: 'mean' }, clipRms: 0 }] as const)(
    'refuses the policy %j',
    (policy) => {
      const refused = aggregate(firstVersion().master, [uniform('a', 1)], policy);
      expect(refused).toMatchObject({ ok: false, error: { code: 'aggregate.bad-policy' } });
    },
  );
});

function withVariable(...variables: ((typeof VARIABLES)[0] | undefined)[]): Contribution {
  const known = variables.filter((variable) => variable !== undefined);
  const deltas = known.map((variable) => ({ variable, values: new Int32Array(variable.count) }));
  return {
    deviceId: 'a',
    sampleCount: 1,
    layout: { schemeId: 1, variables: known },
    raw: writeRawDelta(deltas),
  };
}

describe('a published version', () => {
  it('is the one before where nothing changed', () => {
    const { graph, master } = firstVersion();
    expect(publish({ graph, before: master, after: master })).toEqual({ patches: [], master });
  });

  it('of one contributor is exactly what the device had, whatever the master carried', () => {
    fc.assert(
      fc.property(anyContributions(4), fc.nat(), (past, seed) => {
        const base = nextVersion(nextVersion(firstVersion(), past), past);
        const only = contribution('one', seed);
        const next = nextVersion(base, [only]);
        for (const [name, { variable, values }] of deltasOf(only)) {
          if (variable.kind === 'head' || name === 'fc.b') continue;
          const limit = variable.kind === 'weights' ? 127 : 2 ** 22;
          const before = canonicalValues(base.graph, name);
          expect(canonicalValues(next.graph, name)).toEqual(
            before.map((value, i) => clamp(value + at(values, i), limit)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['one scale a class', undefined],
    ['one scale for the head', [0.01]],
  ])('gives a head that changed the scale at which its largest weight is 127: %s', (_, scales) => {
    const base = firstVersion(2, scales);
    const only = contribution('one', 7);
    const next = nextVersion(base, [only]);
    const delta = deltasOf(only).get('fc.w')?.values ?? new Int32Array();
    const had = canonicalValues(base.graph, 'fc.w').map(
      (value, i) => clamp(16 * value + at(delta, i), 8191) / 16,
    );
    const has = canonicalValues(next.graph, 'fc.w');
    const [old, fresh] = [scalesOf(base.graph, 'fc.w'), scalesOf(next.graph, 'fc.w')];
    const group = (i: number): number => (old.length === 1 ? 0 : Math.floor(i / 5));
    for (const scale of fresh) expect(Math.fround(scale)).toBe(scale);
    had.forEach((value, i) => {
      const error = value * at(old, group(i)) - at(has, i) * at(fresh, group(i));
      expect(Math.abs(error)).toBeLessThanOrEqual(0.5001 * at(fresh, group(i)));
    });
    const largest = fresh.map((__, g) => Math.max(...has.filter((___, i) => group(i) === g).map(Math.abs)));
    expect(largest).toEqual(fresh.map(() => 127));
    expect(fresh).not.toEqual(old);
  });

  it('takes a convolution of one pixel for the head that it is', () => {
    const only = contribution('one', 7);
    const [dense, convolution] = (['dense', 'convolution'] as const).map((kind) => {
      const graph = smallGraph(2, undefined, kind);
      return nextVersion({ graph, master: unwrap(startMaster(graph)) }, [only]).graph;
    });
    for (const name of ['fc.w', 'fc.b']) {
      expect(canonicalValues(convolution!, name)).toEqual(canonicalValues(dense!, name));
      expect(scalesOf(convolution!, name)).toEqual(scalesOf(dense!, name));
    }
  });

  it('re-expresses the bias of the head in the new scale', () => {
    const base = firstVersion(2);
    const only = contribution('one', 7);
    const next = nextVersion(base, [only]);
    const delta = deltasOf(only).get('fc.b')?.values ?? new Int32Array();
    const before = canonicalValues(base.graph, 'fc.b');
    canonicalValues(next.graph, 'fc.b').forEach((value, k) => {
      const ratio = at(scalesOf(next.graph, 'fc.w'), k) / at(scalesOf(base.graph, 'fc.w'), k);
      expect(Math.abs(value * ratio - (at(before, k) + at(delta, k)))).toBeLessThanOrEqual(0.51 * ratio);
      const biasRatio = at(scalesOf(next.graph, 'fc.b'), k) / at(scalesOf(base.graph, 'fc.b'), k);
      expect(biasRatio / ratio).toBeCloseTo(1, 6);
    });
  });

  it('keeps what a file holds beyond the ranges of training: biases always, weights until they move', () => {
    const graph = smallGraph();
    const bias = layersOf(graph)[0]!.bias!;
    const wide = Int32Array.of(-(2 ** 31), 7, 5_000_000);
    const least = { tensor: layersOf(graph)[2]!.weights, data: new Uint8Array(15).fill(0x80) };
    const odd = patchedGraph(graph, [{ tensor: bias, data: new Uint8Array(wide.buffer) }, least]);
    const base = { graph: odd, master: unwrap(startMaster(odd)) };
    const still = nextVersion(base, [uniform('a', 0)]);
    expect([still.graph, still.master]).toEqual([base.graph, base.master]);
    const moved = nextVersion(still, [uniform('a', 3)]);
    expect(canonicalValues(moved.graph, 'conv.b')).toEqual([-(2 ** 31), 10, 5_000_000]);
    expect(new Set(canonicalValues(moved.graph, 'pw.w'))).toEqual(new Set([-124]));
    expect(unwrap(readMaster(moved.graph, writeMaster(moved.master)))).toEqual(moved.master);
  });

  it('keeps scale and bytes of classes that did not change', () => {
    const base = firstVersion(2);
    const [weights, bias] = VARIABLES.slice(-2) as [(typeof VARIABLES)[0], (typeof VARIABLES)[0]];
    const values = Int32Array.from({ length: 20 }, (_, i) => (i >= 5 && i < 10 ? 700 : 0));
    const raw = writeRawDelta([
      { variable: weights, values },
      { variable: bias, values: new Int32Array(4) },
    ]);
    const only = { deviceId: 'a', sampleCount: 9, layout: { schemeId: 1, variables: [weights, bias] }, raw };
    const next = nextVersion(base, [only]);
    for (const k of [0, 2, 3]) {
      const of = (version: Version, name: string) =>
        canonicalValues(version.graph, name).slice(5 * k, 5 * k + 5);
      expect(of(next, 'fc.w')).toEqual(of(base, 'fc.w'));
      expect(at(scalesOf(next.graph, 'fc.w'), k)).toBe(at(scalesOf(base.graph, 'fc.w'), k));
      expect(at(canonicalValues(next.graph, 'fc.b'), k)).toBe(at(canonicalValues(base.graph, 'fc.b'), k));
    }
    expect(at(scalesOf(next.graph, 'fc.w'), 1)).not.toBe(at(scalesOf(base.graph, 'fc.w'), 1));
  });

  it('has a master that is kept and read again with it, and with no other version', () => {
    fc.assert(
      fc.property(anyContributions(5), (contributions) => {
        const base = firstVersion();
        const next = nextVersion(base, contributions);
        const kept = writeMaster(next.master);
        expect(unwrap(readMaster(next.graph, kept))).toEqual(next.master);
        expect(toHex(writeMaster(unwrap(readMaster(base.graph, writeMaster(base.master)))))).toBe(
          toHex(writeMaster(base.master)),
        );
        const stranger = { ok: false, error: { code: 'aggregate.wrong-master' } };
        expect(readMaster(smallGraph(99), kept)).toMatchObject(stranger);
        expect(readMaster(next.graph, kept.subarray(4))).toMatchObject(stranger);
      }),
      { numRuns: 30 },
    );
  });

  it('cannot be made of a model whose tensors have one name', () => {
    const graph = smallGraph();
    const tensors = graph.tensors.map((tensor) =>
      tensor.name === 'dw.w' ? { ...tensor, name: 'conv.w' } : tensor,
    );
    const refused = startMaster({ ...graph, tensors });
    expect(refused).toMatchObject({ ok: false, error: { code: 'aggregate.ambiguous-name' } });
  });
});
