import { at, unwrap } from '#libs/base/result';
import { type Unary, type UnaryFunction } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { type Affine, GraphBuilder } from '#test/support/graph-builder';
import { between, OPERATORS } from '#test/support/trained-operators';
import {
  clampBits,
  mantissaBits,
  ratioOf,
  slopeTable,
  smallestWindow,
  unaryTable,
  windowExponent,
  windowsPerPixel,
} from '.';

const INPUT: Affine = { scale: 0.05, zeroPoint: 10 };

/** A graph of one function of one element. */
function unaryGraph(of: UnaryFunction, output: Affine) {
  const builder = new GraphBuilder('unary');
  const graph = builder.build(builder.unary('f', builder.input([1, 4], INPUT), of, output));
  return { graph, op: at(graph.ops, 0) as Unary };
}

describe('a ratio (G1)', () => {
  it.each([
    [1, 32768, 0],
    [0.5, 32768, -1],
    [0.75, 24576, 0],
    [-3, -24576, 2],
    [0, 0, 0],
  ])('of %d is %d * 2^(%d - 15)', (value, mantissa, exponent) => {
    expect(ratioOf(value)).toEqual({ mantissa, exponent });
  });
});

describe('what a clamp lets through (G3)', () => {
  it.each(['relu', 'reluN1To1', 'requantize'] as const)('of %s is where its table still rises', (name) => {
    const { graph, op } = unaryGraph({ name }, { scale: 0.02, zeroPoint: -30 });
    const table = unaryTable(graph, op);
    const bits = clampBits(graph, op);
    const passes = (stored: number): boolean => ((bits[(stored & 0xff) >> 3]! >> (stored & 7)) & 1) === 1;
    const [low, high] = [Math.min(...table), Math.max(...table)];
    const stored = Array.from({ length: 254 }, (_, i) => i - 127);
    const inside = stored.filter((x) => at(table, x & 0xff) > low && at(table, x & 0xff) < high);
    const flat = stored.filter((x) => at(table, (x - 1) & 0xff) === at(table, (x + 1) & 0xff));
    expect(inside.length).toBeGreaterThan(10);
    expect(flat.length).toBeGreaterThan(10);
    expect(inside.filter((x) => !passes(x))).toEqual([]);
    expect(flat.filter(passes)).toEqual([]);
  });
});

describe('slopes of a function (G8)', () => {
  it('of LEAKY_RELU are 1 and alpha, times the ratio of scales', () => {
    const { graph, op } = unaryGraph({ name: 'leakyRelu', alpha: 0.25 }, { scale: 0.1, zeroPoint: 0 });
    const { mantissas, exponent } = slopeTable(graph, op);
    expect([exponent, mantissas[20], mantissas[246]]).toEqual([-1, 16384, 4096]);
  });

  it.each([
    [{ name: 'logistic' }, { scale: 1 / 256, zeroPoint: -128 }],
    [{ name: 'hardSwish' }, { scale: 0.05, zeroPoint: -4 }],
  ] as const)('of %j are those of its table, smoothed', (of, output) => {
    const { graph, op } = unaryGraph(of, output);
    const table = unaryTable(graph, op);
    const { mantissas, exponent } = slopeTable(graph, op);
    for (let stored = -60; stored < 60; stored++) {
      const rise = (at(table, (stored + 8) & 0xff) - at(table, (stored - 8) & 0xff)) / 16;
      expect(mantissas[stored & 0xff]! * 2 ** (exponent - 14)).toBeCloseTo(rise, 0);
    }
  });

  it('are 0 where int8 saturates', () => {
    const { graph, op } = unaryGraph({ name: 'leakyRelu', alpha: 0.25 }, { scale: 0.01, zeroPoint: 0 });
    const { mantissas } = slopeTable(graph, op);
    expect([mantissas[10 + 25], mantissas[10 + 26]]).toEqual([10240, 0]);
  });
});

describe('windows of an average pool (G6)', () => {
  it('count their pixels on the map, and how many meet', () => {
    const builder = new GraphBuilder('pool');
    const input = builder.input([1, 5, 5, 1]);
    const graph = builder.build(builder.averagePool('pool', input, { kernel: 3, stride: 2, padding: 1 }));
    const pool = at(graph.ops, 0);
    if (pool.kind !== 'averagePool2d') throw new Error('no pool');
    expect([smallestWindow(graph, pool), windowExponent(4), windowsPerPixel(pool)]).toEqual([4, -2, 4]);
  });
});

it('a MUL that sums over a map leaves its gradients fewer bits (G10)', () => {
  const training = unwrap(
    trainingGraph(between(OPERATORS['a MUL by one number']!, 1), {
      name: 'all',
      biasLayers: 3,
      weightLayers: [],
    }),
  );
  // 6 * 5 * 4 elements times 255 is below 2^15.
  expect(mantissaBits(training)).toBe(14);
  const wide = new GraphBuilder('wide');
  const map = wide.conv('map', wide.input([1, 24, 24, 1]), { channels: 1 });
  const gate = wide.conv('gate', wide.averagePool('vector', map), { channels: 1 });
  const pooled = wide.averagePool('pool', wide.mul('product', map, gate));
  const graph = wide.build(wide.fullyConnected('fc', pooled, { channels: 2 }));
  const gated = unwrap(trainingGraph(graph, { name: 'all', biasLayers: 2, weightLayers: [] }));
  // 576 * 255 is between 2^17 and 2^18.
  expect(mantissaBits(gated)).toBe(12);
});
