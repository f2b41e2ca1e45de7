import { fromHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { sessionLayout } from '#libs/firmware/codegen';
import { openEngine, type TargetName, type TrainJob } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { trainingGraph, type TrainingScheme } from '#libs/model/passes';
import { rateOf } from '#libs/model/quant';
import { GraphBuilder } from '#test/support/graph-builder';
import { buildHarness, prepare, testWorkshop } from '#test/support/harness';
import { type Learnt, learntByEngine, learntByReference } from '#test/support/learnt';
import { dilated, randomInputs, randomNetwork, randomScheme } from '#test/support/random-networks';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';

const STEPS = 12;
const INPUTS = 4;
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };

interface Case {
  readonly name: string;
  readonly inference: Graph;
  readonly scheme: TrainingScheme;
}

/** Channels (and a class) whose weight scale is nearly 0, one with an absurd bias: none may move (N0, frozen channels). */
function withDeadChannels(): Graph {
  const builder = new GraphBuilder('dead');
  const scales = [0.01, 1e-8, 0.02, 0.01, 1e-9, 0.03];
  const biases = Int32Array.from([100, -2_000_000_000, 7, -900, 40, 0]);
  const stem = builder.conv('stem', builder.input([1, 6, 5, 2]), {
    channels: 6,
    kernel: 3,
    padding: 1,
    scales,
    biases,
  });
  const inner = builder.depthwise('dw', stem, {
    padding: 1,
    scales: scales.toReversed(),
    activation: 'relu6',
  });
  const pooled = builder.averagePool('pool', builder.conv('pw', inner, { channels: 6, scales, biases }));
  const features = builder.reshape('features', pooled, [1, 6]);
  return builder.build(builder.fullyConnected('fc', features, { channels: 3, scales: [0.01, 1e-9, 0.02] }));
}

/** Every layer of a network trained, weights and biases. */
function everything(inference: Graph): TrainingScheme {
  const layers = inference.ops.filter((op) => 'weights' in op).length - 1;
  return {
    name: 'all',
    biasLayers: layers,
    weightLayers: Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 })),
  };
}

const RATIOS = [0.5, 0.25, 1, 0.75, 0.34];

/** Every layer trained, of its weights those of a part of the input channels; where that is less than one, none. */
function inPart(inference: Graph, turn: number): TrainingScheme {
  const { biasLayers, weightLayers } = everything(inference);
  const ratioOf = (layer: number): number => RATIOS[(layer + turn) % RATIOS.length] ?? 1;
  return {
    name: 'parts',
    biasLayers,
    weightLayers: weightLayers.map(({ layer }) => ({ layer, ratio: ratioOf(layer) })),
  };
}

const parts = (name: string, inference: Graph, turn = 0): Case => ({
  name: `${name}, layers trained in part`,
  inference,
  scheme: inPart(inference, turn),
});

const whole = (name: string, inference: Graph): Case => ({ name, inference, scheme: everything(inference) });
const drawn = (seed: number): Case => {
  const inference = seed % 3 === 0 ? dilated(randomNetwork(seed)) : randomNetwork(seed);
  return {
    name: inference.name,
    inference,
    scheme: seed % 2 === 0 ? everything(inference) : randomScheme(inference, seed),
  };
};

function jobOf({ inference }: Case, parameters: Uint8Array, classes: number): TrainJob {
  const inputs = randomInputs(inference, INPUTS, 5);
  const steps = Array.from({ length: STEPS }, (_, i) => ({ input: i % INPUTS, label: (i * 7) % classes }));
  return { parameters, inputs, steps, seed: 0xfeed, rates: [{ firstStep: 0, ...rates }], digests: true };
}

/** Layers whose weights are no more what they were after the session of the reference. */
function movedLayers(inference: Graph, scheme: TrainingScheme): readonly number[] {
  const graph = unwrap(trainingGraph(inference, scheme));
  const { parameters, model } = prepare(graph, inference);
  const job = jobOf({ name: '', inference, scheme }, parameters, model.facts.training?.classes ?? 0);
  const delta = fromHex(learntByReference(graph, job).delta) ?? new Uint8Array();
  return sessionLayout(graph)
    .variables.filter(({ kind }) => kind !== 'bias')
    .filter(({ deltaOffset, count }) =>
      delta.subarray(deltaOffset, deltaOffset + 2 * count).some((byte) => byte !== 0),
    )
    .map(({ layer }) => layer);
}

interface Compared {
  readonly says: Learnt;
  readonly expected: Learnt;
}

/** One session on an engine and on the reference. */
async function compare(target: TargetName, sample: Case, sanitize = false): Promise<Compared> {
  const graph = unwrap(trainingGraph(sample.inference, sample.scheme));
  const { model, parameters } = prepare(graph, sample.inference);
  const job = jobOf(sample, parameters, model.facts.training?.classes ?? 0);
  const built = await buildHarness(target, model, { sanitize, trace: true });
  const result = unwrap(await openEngine(testWorkshop, built).train(job));
  return { says: learntByEngine(result), expected: learntByReference(graph, job) };
}

const fixed: readonly Case[] = [
  whole('residual network', residualNetwork()),
  whole('shortcut network', shortcutNetwork()),
  whole('network with dead channels', withDeadChannels()),
  parts('residual network', residualNetwork()),
  parts('shortcut network', shortcutNetwork(), 1),
  parts('network with dead channels', withDeadChannels(), 3),
];
const random = [
  ...Array.from({ length: 16 }, (_, i) => drawn(i + 1)),
  ...Array.from({ length: 8 }, (_, i) =>
    parts(`random-${i + 20}`, i % 3 === 0 ? dilated(randomNetwork(i + 20)) : randomNetwork(i + 20), i),
  ),
];
const MINUTE = 60_000;

describe('a session on a small network gives the bytes of the reference', () => {
  test.each([...fixed, ...random])(
    'on wasm: $name',
    async (sample) => {
      const { says, expected } = await compare('wasm', sample);
      expect(says).toEqual(expected);
    },
    MINUTE,
  );

  test.each([...fixed, ...random.slice(0, 6), ...random.slice(-3)])(
    'on the native build under sanitizers: $name',
    async (sample) => {
      const { says, expected } = await compare('native', sample, true);
      expect(says).toEqual(expected);
    },
    MINUTE,
  );

  test.each(fixed)(
    'on the ARM board: $name',
    async (sample) => {
      const { says, expected } = await compare('arm', sample);
      expect(says).toEqual(expected);
    },
    MINUTE,
  );

  it('moves weights of every kind of layer in these networks', () => {
    const moved = fixed.slice(0, 2).map(({ inference, scheme }) => movedLayers(inference, scheme));
    expect(moved).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
  });
});
