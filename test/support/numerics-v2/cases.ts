import { at, type Result } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Graph, layersOf } from '#libs/model/ir';
import { trainingGraph, type TrainingScheme } from '#libs/model/passes';
import type { Rate, Rates } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';
import { goldenJob, type GoldenSet } from '#test/support/golden-sets';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { type Pair, q15, shuffled } from './arithmetic';

/** The rate of q15 as the libraries hold it. */
const rateOf = ({ m, e }: Pair): Rate => ({ mantissa: Number(m), exponent: Number(e) });

export const ratesOf = ({ weights, bias, head }: Segment): Rates => ({
  weights: rateOf(weights),
  bias: rateOf(bias),
  head: rateOf(head),
});

/** N10: rates from `firstStep` on. */
export interface Segment {
  readonly firstStep: number;
  readonly weights: Pair;
  readonly bias: Pair;
  readonly head: Pair;
}

/** A session that is a golden vector. */
export interface GoldenCase {
  readonly name: string;
  readonly inference: Graph;
  readonly scheme: TrainingScheme;
  /** M where gradients are stored as int8. */
  readonly bits?: number;
  readonly seed: number;
  readonly inputs: readonly Int8Array[];
  readonly steps: readonly { readonly input: number; readonly label: number }[];
  readonly rates: readonly Segment[];
}

/** The step of a case, its gradients stored as int8 where the case says how many bits these leave. */
export const goldenGraph = ({ inference, scheme, bits }: GoldenCase): Result<Graph> =>
  trainingGraph(inference, scheme, { gradients: bits === undefined ? 'int16' : 'int8' });

const rates = (firstStep: number, weights: number, bias = weights, head = weights): Segment => ({
  firstStep,
  weights: q15(weights),
  bias: q15(bias),
  head: q15(head),
});

const RELU6 = { activation: 'relu6' } as const;
const DEAD = 1e-8;
/** Biases of frozen channels: one decides its outputs alone, one wraps. */
const WIDE: ReadonlyMap<number, number> = new Map([
  [2, -5_000_000],
  [5, -(2 ** 31)],
  [7, 2_000_000_000],
]);

/** Scales of `count` channels that differ by a factor of some hundred; channel `dead` is frozen. */
const unevenScales = (count: number, dead: number): readonly number[] =>
  Array.from({ length: count }, (_, o) => (o === dead ? DEAD : 0.02 / (1 + ((o * o * 7) % 150))));

/**
 * What NUMERICS speaks of, once each: a stem of stride 2, a block with residual ADD whose expanding layer ends in a group of two
 * and whose depthwise kernel is 5x5, a block of stride 2, channels and a class that are frozen by scale or by bias, biases that
 * only a frozen channel can hold, and in every layer weights of -128.
 */
function tinyNetwork(): Graph {
  const builder = new GraphBuilder('tiny', 11);
  const input = builder.input([1, 9, 7, 3]);
  const stem = builder.conv('stem', input, { channels: 6, kernel: 3, stride: 2, padding: 1 });
  const first = builder.conv('b1.ex', stem, { channels: 10, scales: unevenScales(10, 4), ...RELU6 });
  const biases = Int32Array.from({ length: 10 }, (_, o) => WIDE.get(o) ?? 150 * o - 600);
  const deep = builder.depthwise('b1.dw', first, { kernel: 5, padding: 2, biases, ...RELU6 });
  const sum = builder.add('b1.add', builder.conv('b1.pw', deep, { channels: 6 }), stem);
  const second = builder.conv('b2.ex', sum, { channels: 12, ...RELU6 });
  const strided = builder.depthwise('b2.dw', second, {
    stride: 2,
    padding: 1,
    scales: unevenScales(12, 3),
    ...RELU6,
  });
  const last = builder.conv('b2.pw', strided, { channels: 7 });
  const features = builder.reshape('features', builder.averagePool('pool', last), [1, 7]);
  const output = builder.fullyConnected('fc', features, { channels: 4, scales: [0.01, DEAD, 0.02, 0.01] });
  return withLeastWeights(builder.build(output));
}

/** Every seventh weight of every layer is -128. */
function withLeastWeights(graph: Graph): Graph {
  const weights = new Set(layersOf(graph).map((op) => op.weights));
  const lowered = (data: Uint8Array): Uint8Array => data.map((byte, i) => (i % 7 === 3 ? 0x80 : byte));
  const tensors = graph.tensors.map((tensor) =>
    weights.has(tensor.id) && tensor.data ? { ...tensor, data: lowered(tensor.data) } : tensor,
  );
  return { ...graph, tensors };
}

const TINY_LAYERS = 7;
const TINY_CLASSES = 4;
const ITEMS = 6;

function tinyItems(graph: Graph): readonly Int8Array[] {
  const rng = new Rng(23);
  const count = at(graph.tensors, at(graph.inputs, 0)).shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: ITEMS }, () => Int8Array.from({ length: count }, () => rng.below(256) - 128));
}

/** Passes over all items in the order of N9. */
function passes(seed: number, count: number): GoldenCase['steps'] {
  let order: readonly number[] = Array.from({ length: ITEMS }, (_, i) => i);
  return Array.from({ length: count }, (_, pass) => {
    order = shuffled(order, BigInt(seed), pass);
    return order.map((input) => ({ input, label: (input * 3) % TINY_CLASSES }));
  }).flat();
}

const whole = (layers: readonly number[]) => layers.map((layer) => ({ layer, ratio: 1 }));
const everything: TrainingScheme = {
  name: 'all',
  biasLayers: TINY_LAYERS,
  weightLayers: whole(Array.from({ length: TINY_LAYERS }, (_, layer) => layer)),
};

/** Rates that rise, part by part, as a warm-up does, and fall again. */
const SEGMENTS = [rates(0, 0.01, 0.005, 0.02), rates(3, 0.04), rates(9, 0.1, 0.05, 0.2), rates(20, 0.002)];

/** Needs nothing but the repository. */
export function tinyCases(): readonly GoldenCase[] {
  const inference = tinyNetwork();
  const common = { inference, inputs: tinyItems(inference), rates: SEGMENTS };
  const seed = 0xfeed5eed;
  return [
    { name: 'tiny-full', scheme: everything, seed, steps: passes(seed, 5), ...common },
    { name: 'tiny-full-6-bits', scheme: everything, bits: 6, seed, steps: passes(seed, 4), ...common },
    {
      name: 'tiny-sparse',
      scheme: { name: 'sparse', biasLayers: 5, weightLayers: whole([2, 4, 6]) },
      seed: 7,
      steps: passes(7, 4),
      ...common,
    },
  ];
}

function kwsCase(
  name: string,
  set: GoldenSet,
  { scheme, lr, steps }: { readonly scheme: TrainingScheme; readonly lr: number; readonly steps: number },
): GoldenCase {
  const job = goldenJob(set, new Uint8Array());
  const inputs = job.inputs.map((input) => Int8Array.from(input));
  const parts = { inputs, seed: job.seed, steps: job.steps.slice(0, steps) };
  return { name, inference: kwsDigitsGraph(), scheme, rates: [rates(0, lr)], ...parts };
}

/** The demonstration model on the recordings of ../shared (GOLDEN_FILES). */
export const kwsCases = (): readonly GoldenCase[] => [
  kwsCase('kws-sparse', 'A', { scheme: KWS_SCHEMES.sparse, lr: 0.02, steps: 20 }),
  kwsCase('kws-full', 'B', { scheme: KWS_SCHEMES.full, lr: 0.01, steps: 5 }),
  kwsCase('kws-last', 'C', { scheme: KWS_SCHEMES.fc, lr: 0.15, steps: 20 }),
  kwsCase('kws-sparse-long', 'D', { scheme: KWS_SCHEMES.sparse, lr: 0.02, steps: 1000 }),
];
