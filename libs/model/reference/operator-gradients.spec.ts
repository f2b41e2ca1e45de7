import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Graph, isLoss, layersOf, type Op, variablesOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { uniformRates } from '#libs/model/quant';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import {
  autoencoder,
  between,
  endingIn,
  ENDINGS,
  OPERATORS,
  regressor,
} from '#test/support/trained-operators';
import { type Machine, machineFor } from './machine';
import { isForward, prepareBackward, prepareForward } from './ops';
import { floatBackward } from './testing/float-backward';
import { storeStartValue } from './variable-bytes';

const LABEL = 1;
/** Slow enough that no weight and no bias moves while the gradient passes. */
const STANDSTILL = { seed: 1, index: 0, rates: uniformRates(2 ** -60) };
const SEEDS = [1, 2, 3];

/** One whole step on start values; the machine then holds every gradient. */
function stepped(graph: Graph, seed: number): Machine {
  const machine = machineFor(graph);
  for (const variable of variablesOf(graph)) storeStartValue(machine, variable);
  const rng = new Rng(seed);
  machine.memory.int8(at(graph.inputs, 0)).forEach((_, i, values) => (values[i] = rng.below(256) - 128));
  for (const op of graph.ops) {
    if (isLoss(op)) machine.memory.bytes(op.label)[0] = LABEL;
    if (isForward(op)) prepareForward(op, machine)();
    else prepareBackward(op, machine)(STANDSTILL);
  }
  return machine;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

type ScaleOp = Extract<Op, { kind: 'scaleGradient' }>;

/** The integer gradients of a layer's accumulators as real numbers. */
function integerGradient(machine: Machine, op: ScaleOp): Float64Array {
  const { mantissas, exponents } = machine.memory.blockFloat(op.output);
  const pixels = mantissas.length / exponents.length;
  return Float64Array.from(mantissas, (m, i) =>
    m === 0 ? 0 : m * 2 ** at(exponents, Math.floor(i / pixels)),
  );
}

const scheme = (biasLayers: number) => ({ name: 'biases', biasLayers, weightLayers: [] });

/** Gradients of the accumulators of every layer, integer against real: cosine over .999, lengths within 1 %. */
function expectGradientsOf(
  inference: Graph,
  seed: number,
  biasLayers = layersOf(inference).length - 1,
): void {
  const graph = unwrap(trainingGraph(inference, scheme(biasLayers)));
  const machine = stepped(graph, seed);
  const real = floatBackward(machine, LABEL);
  const scalings = graph.ops.filter((op): op is ScaleOp => op.kind === 'scaleGradient');
  expect(scalings.length).toBeGreaterThanOrEqual(biasLayers);
  for (const op of scalings) {
    const expected = real.get(op.name.replace(/\.scale$/, ''))?.accumulator ?? new Float64Array(0);
    const integer = integerGradient(machine, op);
    expect(norm(expected)).toBeGreaterThan(0);
    expect(dot(integer, expected) / (norm(integer) * norm(expected))).toBeGreaterThan(0.999);
    expect(Math.abs(norm(integer) / norm(expected) - 1)).toBeLessThan(0.01);
  }
}

describe('the gradient through', () => {
  it.each(Object.entries(OPERATORS))('%s is that of floating point, to .999', (_, draw) => {
    for (const seed of SEEDS) expectGradientsOf(between(draw, seed), seed);
  });
});

describe('the gradient of a classifier behind', () => {
  it.each(Object.entries(ENDINGS))('%s is that of floating point', (_, ending) => {
    for (const seed of SEEDS) expectGradientsOf(endingIn(ending, seed), seed);
  });
});

describe('the gradient of a squared error', () => {
  it.each(SEEDS)('of a network that gives its input again is that of floating point: seed %i', (seed) =>
    expectGradientsOf(autoencoder(seed), seed),
  );

  it.each(SEEDS)('of a network that gives one number is that of floating point: seed %i', (seed) =>
    expectGradientsOf(regressor(seed), seed),
  );
});

const VWW = 'models/mcunet_vww/model.tflite';

describeWithShared([VWW], 'mcunet_vww, behind two MEANs and a TRANSPOSE', () => {
  it('has the gradients of floating point in all its layers', () => {
    const inference = runPasses(unwrap(importTflite(sharedBytes(VWW))), INFERENCE_PASSES);
    expectGradientsOf(inference, 1);
  }, 120_000);
});

it('kws-digits has the gradients of floating point in all its layers', () => {
  expectGradientsOf(kwsDigitsGraph(), 4);
});
