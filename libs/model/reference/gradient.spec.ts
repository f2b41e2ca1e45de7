import { at, invariant, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import {
  elementCount,
  type Graph,
  layersOf,
  type Op,
  sliceOf,
  tensorOf,
  variablesOf,
  type WeightUpdate,
  wholeIndex,
} from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { canonicalOrder, uniformRates } from '#libs/model/quant';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { mcunetFiles, mcunetGraph } from '#test/support/mcunetv3';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { type Machine, machineFor } from './machine';
import { isForward, prepareBackward, prepareForward } from './ops';
import { weightGradient } from './ops/weight-gradient';
import { type FloatLayerGradient, floatBackward } from './testing/float-backward';
import { storeStartValue } from './variable-bytes';

const LABEL = 1;
/** Slow enough that no weight and no bias moves while the gradient passes. */
const STANDSTILL = { seed: 1, index: 0, rates: uniformRates(2 ** -60) };

function randomInput(graph: Graph, seed: number): Int8Array {
  const rng = new Rng(seed);
  const shape = tensorOf(graph, graph.inputs[0]!).shape;
  return Int8Array.from({ length: elementCount(shape) }, () => rng.below(256) - 128);
}

/** One whole step on start values; the machine then holds every gradient. */
function stepped(graph: Graph, seed: number): Machine {
  const machine = machineFor(graph);
  for (const variable of variablesOf(graph)) storeStartValue(machine, variable);
  machine.memory.int8(graph.inputs[0]!).set(randomInput(graph, seed));
  for (const op of graph.ops) {
    if (op.kind === 'softmaxCrossEntropy') machine.memory.bytes(op.label)[0] = LABEL;
    if (isForward(op)) prepareForward(op, machine)();
    else prepareBackward(op, machine)(STANDSTILL);
  }
  return machine;
}

type ScaleOp = Extract<Op, { kind: 'scaleGradient' }>;

interface IntegerLayerGradient extends FloatLayerGradient {
  /** Where the weights that train stand among all of the layer, in storage order. */
  readonly positions: readonly number[];
}

/** The integer gradients of one layer as real numbers; each channel has its exponent. */
function integerGradients(machine: Machine, op: ScaleOp): IntegerLayerGradient {
  const { graph } = machine;
  const { kind, weights: whole } = at(layersOf(graph), op.layer);
  const update = graph.ops.find(
    (each): each is WeightUpdate => each.kind === 'weightUpdate' && each.layer === op.layer,
  );
  invariant(update, `${op.name} has weights to train`);
  const { mantissas, exponents } = machine.memory.blockFloat(op.output);
  const units = Array.from(exponents, (exponent) => 2 ** exponent);
  const pixels = mantissas.length / units.length;
  const weights = weightGradient(update, machine)({ mantissas, exponents });
  const canonical = canonicalOrder(kind, tensorOf(graph, whole).shape);
  const slice = sliceOf(graph, tensorOf(graph, update.weights));
  const positions = Array.from(weights, (_, i) => wholeIndex(slice, i));
  const channelOf = (position: number): number =>
    Math.floor((at(canonical, position) * units.length) / canonical.length);
  return {
    accumulator: Float64Array.from(mantissas, (m, i) => m * at(units, Math.floor(i / pixels))),
    weights: weights.map((sum, i) => sum * at(units, channelOf(at(positions, i)))),
    positions,
  };
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/**
 * Cosine and length. The length carries the error of e, which has 15 bits: up to .6 % where the softmax saturates; and that of
 * mantissas of few bits, whose halves are rounded up at every layer.
 */
function expectSame(integer: Float64Array, real: Float64Array, mantissaBits: number): void {
  expect(norm(real)).toBeGreaterThan(0);
  expect(dot(integer, real) / (norm(integer) * norm(real))).toBeGreaterThan(0.999);
  expect(Math.abs(norm(integer) / norm(real) - 1)).toBeLessThan(mantissaBits > 10 ? 0.01 : 0.03);
}

/** The last `trained` of so many layers, each with this part of its input channels. */
const scheme = (layers: number, trained = layers, ratio = 1) => ({
  name: 'all',
  biasLayers: trained,
  weightLayers: Array.from({ length: trained }, (_, i) => ({ layer: layers - trained + i, ratio })),
});

const NETWORKS = [1, 2, 3].flatMap((seed) => [
  ['residual', seed, residualNetwork(seed)] as const,
  ['shortcut', seed, shortcutNetwork(seed)] as const,
]);

/** Gradients of every layer in one step, integer against real. */
function expectGradientsOf(
  inference: Graph,
  seed: number,
  { ratio = 1, layers = layersOf(inference).length - 1 } = {},
): void {
  const graph = unwrap(trainingGraph(inference, scheme(layersOf(inference).length - 1, layers, ratio)));
  const machine = stepped(graph, seed);
  const real = floatBackward(machine, LABEL);
  const scalings = graph.ops.filter((op): op is ScaleOp => op.kind === 'scaleGradient');
  expect(scalings.length).toBe(layers);
  for (const op of scalings) {
    const expected = real.get(op.name.replace(/\.scale$/, ''));
    const integer = integerGradients(machine, op);
    invariant(expected, `${op.name} has a real gradient`);
    expectSame(integer.accumulator, expected.accumulator, machine.mantissaBits);
    const weights = Float64Array.from(integer.positions, (position) => at(expected.weights, position));
    expectSame(integer.weights, weights, machine.mantissaBits);
  }
}

describe('integer gradients', () => {
  it.each(NETWORKS)('of the %s network %d are those of floating point, to .999', (_, seed, inference) => {
    expectGradientsOf(inference, seed);
  });

  it('of kws-digits are those of floating point', () => expectGradientsOf(kwsDigitsGraph(), 4));

  it.each(NETWORKS)('of the %s network %d, layers trained in part, are those, too', (_, seed, inference) => {
    expectGradientsOf(inference, seed, { ratio: 0.5 });
  });
});

/** Of their 51, 42 and 60 convolutions, as many as the largest published schemes train. */
const PUBLISHED = [
  ['mbv2-w0.35', 34],
  ['mcunet-5fps', 24],
  ['proxyless-w0.3', 45],
] as const;

describe.each(PUBLISHED)('integer gradients of the last layers of %s (%d)', (model, layers) => {
  describeWithShared(mcunetFiles(model), 'as published', () => {
    it.each([1, 0.25])('are those of floating point, with %d of their input channels', (ratio) => {
      const inference = runPasses(mcunetGraph(model), INFERENCE_PASSES);
      expectGradientsOf(inference, 1, { ratio, layers });
    });
  });
});

describe.each(['mlperf_kws', 'person_detect'])('integer gradients of %s', (model) => {
  const file = `models/${model}/model.tflite`;
  describeWithShared([file], 'a network of others', () => {
    it('are those of floating point', () => {
      expectGradientsOf(unwrap(importTflite(sharedBytes(file))), 1);
    });
  });
});
