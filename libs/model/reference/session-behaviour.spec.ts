import { equalBytes } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { Rng, shufflePass } from '#libs/base/rng';
import { elementCount, type Graph, isLoss, layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { withDeadChannels } from '#test/support/dead-channels';
import { GraphBuilder } from '#test/support/graph-builder';
import { residualNetwork } from '#test/support/tiny-networks';
import { machineFor } from './machine';
import { runGraph } from './run-graph';
import { createSession, TrainingSession } from './training-session';

const INPUT_BYTES = 8 * 6 * 2;
const CLASSES = 3;
const everything = {
  name: 'all',
  biasLayers: 4,
  weightLayers: [0, 1, 2, 3].map((layer) => ({ layer, ratio: 1 })),
};

/** One prototype a class, and samples that differ from it a little. */
function samples(count: number): readonly { readonly input: Int8Array; readonly label: number }[] {
  const rng = new Rng(5);
  const prototypes = Array.from({ length: CLASSES }, () =>
    Int8Array.from({ length: INPUT_BYTES }, () => rng.below(160) - 80),
  );
  return Array.from({ length: count }, (_, i) => {
    const label = i % CLASSES;
    return { label, input: prototypes[label]!.map((value) => value + rng.below(41) - 20) };
  });
}

function newSession(inference: Graph = residualNetwork()): TrainingSession {
  return createSession(unwrap(trainingGraph(inference, everything)));
}

/** Trains one pass and returns the mean loss in bits. */
function pass(session: TrainingSession, order: readonly number[], seed: number, firstIndex: number): number {
  const items = samples(order.length);
  const losses = order.map((item, i) => {
    const { input, label } = items[item]!;
    session.forward(input);
    const loss = session.loss(label) / 65536;
    session.backward({ seed, index: firstIndex + i, rates: uniformRates(0.02) });
    return loss;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

function trained(
  seed: number,
  passes: number,
): { readonly session: TrainingSession; readonly losses: readonly number[] } {
  const session = newSession();
  const order = Array.from({ length: 30 }, (_, i) => i);
  const losses = Array.from({ length: passes }, (_, p) => {
    shufflePass(order, seed, p);
    return pass(session, order, seed, p * order.length);
  });
  return { session, losses };
}

describe('a training session', () => {
  it('learns: the mean loss of the last pass is a fraction of the first', () => {
    const { losses } = trained(1, 8);
    expect(losses.at(-1)! / losses[0]!).toBeLessThan(0.5);
  });

  it('gives the same bytes for the same seed and others for another', () => {
    const first = trained(1, 1).session;
    expect(equalBytes(first.state(), trained(1, 1).session.state())).toBe(true);
    expect(equalBytes(first.state(), trained(2, 1).session.state())).toBe(false);
  });

  it('has no delta before the first step and none after a restart', () => {
    const session = newSession();
    const start = session.state();
    expect(session.delta().every((byte) => byte === 0)).toBe(true);
    pass(session, [0, 1, 2], 1, 0);
    expect(session.delta().some((byte) => byte !== 0)).toBe(true);
    session.restart();
    expect(equalBytes(session.state(), start)).toBe(true);
    expect(session.delta().every((byte) => byte === 0)).toBe(true);
  });

  it('predicts the first of equal logits', () => {
    const builder = new GraphBuilder('equal');
    const pooled = builder.averagePool('pool', builder.input([1, 1, 1, 1]));
    const parameters = {
      channels: 2,
      weights: Int8Array.of(1, 1),
      scales: [0.01, 0.01],
      biases: Int32Array.of(3, 3),
    };
    const graph = builder.build(builder.fullyConnected('fc', pooled, parameters));
    const session = createSession(
      unwrap(trainingGraph(graph, { name: 'last', biasLayers: 0, weightLayers: [] })),
    );
    session.forward(Int8Array.of(9));
    expect(session.predict()).toBe(0);
  });
});

/** With biases trained, and before any step, the head sees what it sees in inference. */
function expectFeaturesOfInference(inference: Graph, biasLayers: number): void {
  const training = unwrap(trainingGraph(inference, { name: 'bias', biasLayers, weightLayers: [] }));
  const machine = machineFor(training);
  const rng = new Rng(9);
  const { shape } = tensorOf(inference, inference.inputs[0]!);
  const input = Int8Array.from({ length: elementCount(shape) }, () => rng.below(256) - 128);
  new TrainingSession(machine, training.ops.find(isLoss)!).forward(input);
  const features = layersOf(inference).at(-1)!.input;
  expect(machine.memory.int8(features)).toEqual(runGraph(inference, [input]).get(features));
}

/** One pointwise layer whose second channel has the given scale and bias. */
function oneLayer(scale: number, bias: number): Graph {
  const builder = new GraphBuilder('dead');
  const weights = Int8Array.of(50, -20, 30, 40);
  const options = { channels: 2, weights, scales: [0.01, scale], biases: Int32Array.of(10, bias) };
  const conv = builder.conv('conv', builder.input([1, 2, 2, 2]), options);
  return builder.build(builder.fullyConnected('fc', builder.averagePool('pool', conv), { channels: 3 }));
}

describe('frozen channels', () => {
  const scheme = { name: 'all', biasLayers: 1, weightLayers: [{ layer: 0, ratio: 1 }] };

  it.each([
    ['a vanishing weight scale', 1e-8, 5],
    ['a bias beyond the range of N1', 0.01, -(2 ** 31)],
  ])('with %s keep weights and bias, and report no difference', (_, scale, bias) => {
    const session = createSession(unwrap(trainingGraph(oneLayer(scale, bias), scheme)));
    for (let index = 0; index < 20; index++) {
      session.forward(Int8Array.of(90, -90, 20, 30, -40, 50, 60, -70));
      session.loss(1);
      session.backward({ seed: 3, index, rates: uniformRates(0.05) });
    }
    const delta = new DataView(session.delta().buffer);
    const weights = [0, 1, 2, 3].map((i) => delta.getInt16(2 * i, true));
    const biases = [0, 1].map((o) => delta.getInt32(8 + 4 * o, true));
    expect([weights[2], weights[3], biases[1]]).toEqual([0, 0, 0]);
    expect(weights[0] !== 0 || weights[1] !== 0).toBe(true);
  });

  it('give in training what they give in inference, whatever their bias', () => {
    const dead = Array.from({ length: 30 }, (_, seed) => withDeadChannels(residualNetwork(seed), seed));
    const trainable = dead.filter((graph) => layersOf(graph).every(({ bias }) => bias !== undefined));
    expect(trainable.length).toBeGreaterThan(2);
    for (const graph of trainable) expectFeaturesOfInference(graph, 4);
  });
});

/** A pointwise layer with weights of -128, and a dense one. */
function leastWeights(): Graph {
  const builder = new GraphBuilder('least');
  const options = { channels: 2, weights: Int8Array.of(-128, 5, 127, -128), biases: Int32Array.of(10, 20) };
  const conv = builder.conv('conv', builder.input([1, 2, 2, 2]), options);
  const head = { channels: 2, weights: Int8Array.of(-128, 1, 2, 127) };
  return builder.build(builder.fullyConnected('fc', builder.averagePool('pool', conv), head));
}

describe('a weight of -128', () => {
  it('starts at -127 where it trains, has not moved by that, and never comes back', () => {
    const scheme = { name: 'all', biasLayers: 1, weightLayers: [{ layer: 0, ratio: 1 }] };
    const session = createSession(unwrap(trainingGraph(leastWeights(), scheme)));
    const weights = (): readonly number[] => [...new Int8Array(session.state().buffer).slice(0, 4)];
    expect(weights()).toEqual([-127, 5, 127, -127]);
    expect(new Set(session.delta())).toEqual(new Set([0]));
    expect(new DataView(session.state().buffer).getInt16(12, true)).toBe(-128 * 16);
    for (let index = 0; index < 20; index++) {
      session.forward(Int8Array.of(90, -90, 20, 30, -40, 50, 60, -70));
      session.loss(index % 2);
      session.backward({ seed: 3, index, rates: uniformRates(0.3) });
      expect(Math.min(...weights())).toBeGreaterThanOrEqual(-127);
    }
  });

  it('stays what it is where it does not train', () => expectFeaturesOfInference(leastWeights(), 1));
});
