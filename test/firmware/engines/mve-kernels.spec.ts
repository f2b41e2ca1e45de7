import { unwrap } from '#libs/base/result';
import { type InferenceOptions, inferenceProgram } from '#libs/firmware/program';
import { build, loadBoard, openEngine } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { withDeadChannels } from '#test/support/dead-channels';
import { Draws } from '#test/support/draws';
import { GraphBuilder } from '#test/support/graph-builder';
import { testWorkshop } from '#test/support/harness';
import { OPERATOR_DRAWS } from '#test/support/operator-draws';
import { randomBranchyNetwork, randomOperatorGraph } from '#test/support/random-operators';
import { sideBySide } from '#test/support/side-by-side';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const KINDS = ['conv2d', 'depthwiseConv2d', 'fullyConnected', 'add', 'averagePool2d'] as const;
type Kind = (typeof KINDS)[number];

const PLANS: readonly InferenceOptions[] = [
  { kernels: 'mve' },
  { kernels: 'mve', optimize: 'ram' },
  { kernels: 'mve-lean', optimize: 'ram', inputRows: true },
];

const onM55 = (graph: Graph, seed: number, plan: InferenceOptions): Promise<string | undefined> =>
  differenceOn(graph, seed, { target: 'arm', board: 'mps3-an547', plan });

const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

/** One operator on a map whose channels are fewer than, as many as, or more than a vector holds. */
function wideOperator(kind: Kind, seed: number): Graph {
  const draws = new Draws(seed);
  const builder = new GraphBuilder(`wide-${kind}-${seed}`, seed);
  const shape = [1, draws.between(1, 9), draws.between(1, 12), draws.between(1, 40)];
  const input = builder.input(shape, draws.affine());
  return builder.build(OPERATOR_DRAWS[kind].apply({ draws, builder, name: kind, input }));
}

/** What such networks are made of, with numbers of channels that are no multiple of anything. */
function wideNetwork(seed: number): Graph {
  const draws = new Draws(seed);
  const builder = new GraphBuilder(`wide-${seed}`, seed);
  const channels = draws.between(5, 37);
  const image = builder.input([1, 13, 11, draws.between(1, 3)]);
  const first = builder.conv('first', image, { channels, kernel: 3, stride: 2, padding: 1 });
  const three = builder.depthwise('three', first, { kernel: 3, padding: 1 });
  const wide = builder.conv('wide', three, { channels });
  const both = builder.add('both', first, wide);
  const tall = builder.depthwise('tall', both, { kernel: { height: 7, width: 5 }, padding: 3, stride: 2 });
  const narrow = builder.conv('narrow', tall, { channels: 3, activation: 'relu6' });
  const pooled = builder.averagePool('pooled', narrow);
  return builder.build(pooled);
}

/** All weights and most sums at an end of their range. */
function saturated(weight: number): Graph {
  const builder = new GraphBuilder(`saturated${weight}`, 1);
  const depth = 200;
  const input = builder.input([1, 3, 3, depth]);
  const weights = new Int8Array(5 * depth).fill(weight);
  const wide = builder.conv('wide', input, { channels: 5, weights, scales: [0.001] });
  const deep = builder.depthwise('deep', wide, {
    kernel: 3,
    padding: 1,
    weights: new Int8Array(45).fill(weight),
    scales: [0.002],
  });
  return builder.build(deep);
}

/** Outputs are a quarter of the sums: every other odd half is one of a negative. */
function halves(): Graph {
  const builder = new GraphBuilder('halves', 1);
  const input = builder.input([1, 8, 8, 1], { scale: 0.5, zeroPoint: 0 });
  const quarter = { biases: 'none', output: { scale: 1, zeroPoint: 0 } } as const;
  const weights = Int8Array.from([1, -1, 3, -3, 2, 1]);
  const wide = builder.conv('wide', input, { channels: 6, weights, scales: [0.5], ...quarter });
  const deep = builder.depthwise('deep', wide, { kernel: 1, weights, scales: [0.25], ...quarter });
  return builder.build(deep);
}

describe('kernels with vector instructions give the bytes of the reference on a Cortex-M55', () => {
  it.each(KINDS)(
    'for any shape: %s',
    async (kind) => {
      const graphs = numbered(9).map((seed) =>
        seed % 3 === 0 ? randomOperatorGraph(kind, seed) : wideOperator(kind, seed),
      );
      expect(await onM55(sideBySide(graphs), 1, { kernels: 'mve' })).toBeUndefined();
    },
    3 * MINUTE,
  );

  it.each(PLANS)(
    'in networks planned as %j',
    async (plan) => {
      const whole = numbered(3).flatMap((seed) => [
        runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES),
        wideNetwork(seed),
      ]);
      expect(await onM55(sideBySide(whole), 1, plan)).toBeUndefined();
      const dead = numbered(3).map((seed) => withDeadChannels(wideNetwork(seed + 10), seed));
      expect(await onM55(sideBySide(dead), 1, { ...plan, dropConstant: true })).toBeUndefined();
    },
    3 * MINUTE,
  );

  it(
    'where results lie between two numbers: halves go away from zero',
    async () => {
      for (const seed of numbered(2)) expect(await onM55(halves(), seed, { kernels: 'mve' })).toBeUndefined();
    },
    MINUTE,
  );

  it.each([-128, 127])(
    'where sums leave the range of the output: weights of %i',
    async (weight) => {
      for (const seed of numbered(2))
        expect(await onM55(saturated(weight), seed, { kernels: 'mve' })).toBeUndefined();
    },
    MINUTE,
  );
});

describe('the certificate of a program with vector instructions', () => {
  it('holds room for vector registers in every exception, and the painted stack stays below it', async () => {
    const { model, parameters } = unwrap(inferenceProgram(wideNetwork(1), { kernels: 'mve' }));
    const board = unwrap(await loadBoard(testWorkshop, 'mps3-an547'));
    const request = { program: 'inference', target: 'arm', board, model, parameters } as const;
    const built = unwrap(await build(testWorkshop, request));
    const { stack } = built.fit ?? {};
    expect(stack?.figures.find(({ what }) => what === 'frame of a trap')?.bytes).toBe(104 + 4);
    const input = new Uint8Array(model.facts.inputs[0]?.bytes ?? 0);
    const { stackBytes } = unwrap(await openEngine(testWorkshop, built).forward({ inputs: [input] }));
    expect(stackBytes).toBeGreaterThan(0);
    expect(stackBytes).toBeLessThanOrEqual((stack?.needBytes ?? 0) - 108);
  }, 60_000);
});

const callsOf = (graph: Graph, plan: InferenceOptions): readonly string[] => {
  const { model } = unwrap(inferenceProgram(graph, plan));
  const text = model.files.find(({ path }) => path === 'model.c')?.text ?? '';
  return [...text.matchAll(/^ *(fl_\w+_(?:mve|s8))\(/gm)].map(([, name = '']) => name);
};

describe('a program for vector instructions', () => {
  it('calls their kernels for every layer, sum and average', () => {
    expect(callsOf(wideNetwork(1), { kernels: 'mve' })).toEqual([
      'fl_conv2d_mve',
      'fl_depthwise_conv2d_mve',
      'fl_pointwise_conv2d_mve',
      'fl_add_mve',
      'fl_depthwise_conv2d_mve',
      'fl_pointwise_conv2d_mve',
      'fl_average_pool2d_mve',
    ]);
  });

  it('that is to be lean leaves depthwise layers to the plain kernels, which borrow less, and takes no more memory than they', () => {
    const [plain, lean] = (['plain', 'mve-lean'] as const).map(
      (kernels) => unwrap(inferenceProgram(wideNetwork(1), { kernels, optimize: 'ram' })).plan.peakBytes,
    );
    expect(lean).toBe(plain);
    expect(callsOf(wideNetwork(1), { kernels: 'mve-lean' })).toContain('fl_depthwise_conv2d_s8');
    expect(callsOf(wideNetwork(1), { kernels: 'mve-lean' })).toContain('fl_pointwise_conv2d_mve');
  });
});
