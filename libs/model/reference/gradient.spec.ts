import { unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { elementCount, type Graph, layersOf, type Op, tensorOf, variablesOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { uniformRates } from '#libs/model/quant';
import { kwsDigitsGraph } from '#test/support/kws-digits';
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

/** The integer gradients of one layer as real numbers. */
function integerGradients(machine: Machine, op: ScaleOp): FloatLayerGradient {
  const layer = layersOf(machine.graph)[op.layer];
  if (layer?.kind !== 'conv2d' && layer?.kind !== 'depthwiseConv2d') throw new Error('no convolution');
  const { mantissas, exponents } = machine.memory.blockFloat(op.output);
  const unit = 2 ** (exponents[0] ?? 0);
  const weights = weightGradient(layer, machine)({ mantissas, exponents });
  return {
    accumulator: Float64Array.from(mantissas, (m) => m * unit),
    weights: weights.map((sum) => sum * unit),
  };
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** Cosine and length. The length carries the error of e, which has 15 bits: up to .6 % where the softmax saturates. */
function expectSame(integer: Float64Array, real: Float64Array): void {
  expect(norm(real)).toBeGreaterThan(0);
  expect(dot(integer, real) / (norm(integer) * norm(real))).toBeGreaterThan(0.999);
  expect(Math.abs(norm(integer) / norm(real) - 1)).toBeLessThan(0.01);
}

const scheme = (first: number, layers: number) => ({
  name: 'all',
  biasLayers: layers,
  weightLayers: Array.from({ length: layers }, (_, i) => ({ layer: first + i, ratio: 1 })),
});

const NETWORKS = [1, 2, 3].flatMap((seed) => [
  ['residual', seed, residualNetwork(seed)] as const,
  ['shortcut', seed, shortcutNetwork(seed)] as const,
]);

/** Gradients of every layer from `first` on in one step, integer against real. */
function expectGradientsOf(inference: Graph, seed: number, first = 0): void {
  const layers = layersOf(inference).length - 1 - first;
  const graph = unwrap(trainingGraph(inference, scheme(first, layers)));
  const machine = stepped(graph, seed);
  const real = floatBackward(machine, LABEL);
  const scalings = graph.ops.filter((op): op is ScaleOp => op.kind === 'scaleGradient');
  expect(scalings.length).toBe(layers);
  for (const op of scalings) {
    const expected = real.get(op.name.replace(/\.scale$/, ''));
    const integer = integerGradients(machine, op);
    expectSame(integer.accumulator, expected?.accumulator ?? new Float64Array(0));
    expectSame(integer.weights, expected?.weights ?? new Float64Array(0));
  }
}

describe('integer gradients', () => {
  it.each(NETWORKS)('of the %s network %d are those of floating point, to .999', (_, seed, inference) => {
    expectGradientsOf(inference, seed);
  });

  it('of kws-digits are those of floating point', () => expectGradientsOf(kwsDigitsGraph(), 4));
});

/**
 * Not from the first layer on in person_detect: N6.2 aligns the channels of a depthwise gradient to one exponent, and with
 * the 10 bits that its 48x48 maps leave, its first two layers fall to cosines of .99 and .98.
 */
const OTHERS = [
  ['mlperf_kws', 0],
  ['person_detect', 2],
] as const;

describe.each(OTHERS)('integer gradients of %s from layer %d on', (model, first) => {
  const file = `models/${model}/model.tflite`;
  describeWithShared([file], 'a network of others', () => {
    it('are those of floating point', () => {
      expectGradientsOf(unwrap(importTflite(sharedBytes(file))), 1, first);
    });
  });
});
