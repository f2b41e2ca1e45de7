/** Integer gradients beside exact ones: automatic differentiation in binary64 of the same step on the same forward values. */
import { at, invariant, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import {
  type Graph,
  isLoss,
  layersOf,
  type Op,
  sliceOf,
  tensorOf,
  variablesOf,
  type WeightUpdate,
  wholeIndex,
} from '#libs/model/ir';
import { trainingGraph, type TrainingScheme } from '#libs/model/passes';
import { canonicalOrder, uniformRates } from '#libs/model/quant';
import { type Machine, machineFor } from '../../libs/model/reference/machine';
import { isForward, prepareBackward, prepareForward } from '../../libs/model/reference/ops';
import { weightGradient } from '../../libs/model/reference/ops/weight-gradient';
import { type FloatLayerGradient, floatBackward } from '../../libs/model/reference/testing/float-backward';
import { storeStartValue } from '../../libs/model/reference/variable-bytes';

const LABEL = 1;
/** Slow enough that no weight and no bias moves while the gradient passes. */
const STANDSTILL = { seed: 1, index: 0, rates: uniformRates(2 ** -60) };

type ScaleOp = Extract<Op, { kind: 'scaleGradient' }>;

/** One whole step on start values and a drawn input; the machine then holds every gradient. */
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

/** Of a layer's accumulators, as real numbers. */
function accumulatorGradient(machine: Machine, op: ScaleOp): Float64Array {
  const { mantissas, exponents } = machine.memory.blockFloat(op.output);
  const pixels = mantissas.length / exponents.length;
  return Float64Array.from(mantissas, (m, i) =>
    m === 0 ? 0 : m * 2 ** at(exponents, Math.floor(i / pixels)),
  );
}

/** Of the weights that a layer trains, as real numbers, and where they stand in the whole layer, both in storage order. */
function weightGradients(machine: Machine, op: ScaleOp, update: WeightUpdate) {
  const { graph } = machine;
  const { kind, weights: whole } = at(layersOf(graph), op.layer);
  const gradient = machine.memory.blockFloat(op.output);
  const sums = weightGradient(update, machine)(gradient);
  const canonical = canonicalOrder(kind, tensorOf(graph, whole).shape);
  const slice = sliceOf(graph, tensorOf(graph, update.weights));
  const { exponents } = gradient;
  const positions = Array.from(sums, (_, i) => wholeIndex(slice, i));
  const values = sums.map((sum, i) => {
    const channel = Math.floor((at(canonical, at(positions, i)) * exponents.length) / canonical.length);
    return sum === 0 ? 0 : sum * 2 ** at(exponents, channel);
  });
  return { values, positions };
}

function dot(a: Float64Array, b: Float64Array): number {
  invariant(a.length === b.length, `${a.length} gradients beside ${b.length}`);
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0);
}
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** What of a network is trained. */
export interface TrainedPart {
  /** The last so many convolutions; absent: all. */
  readonly layers?: number;
  /** Of those, whether their weights are trained, too. */
  readonly weights: boolean;
  /** The part of their input channels whose weights are trained; absent: all of it. */
  readonly ratio?: number;
}

/** How near the integer gradients of one step come to the exact ones, over every layer that is reached. */
export interface Agreement {
  /** The worst, of gradients of accumulators (what biases learn from) and of trained weights; NaN where one is 0 throughout. */
  readonly cosine: number;
  /** The largest difference between the length of a gradient and its exact length, as a part of that; NaN likewise. */
  readonly lengthError: number;
  /** How many layers have a gradient. */
  readonly layers: number;
  /** Of the gradients (N4). */
  readonly mantissaBits: number;
}

/** Integer and exact gradients of the same values. */
type Pair = readonly [integer: Float64Array, exact: Float64Array];

/**
 * Of one training step on start values.
 * @param seed of the input
 */
export function gradientAgreement(inference: Graph, seed: number, part: TrainedPart): Agreement {
  const all = layersOf(inference).length - 1;
  const { layers = all } = part;
  const machine = stepped(unwrap(trainingGraph(inference, schemeOf(all, { ...part, layers }))), seed);
  const exact = floatBackward(machine, LABEL);
  const scalings = machine.graph.ops.filter((op): op is ScaleOp => op.kind === 'scaleGradient');
  invariant(scalings.length >= layers, `${scalings.length} of ${layers} layers have a gradient`);
  const pairs = scalings.flatMap((op) => {
    const expected = exact.get(op.name.replace(/\.scale$/, ''));
    invariant(expected, `${op.name} has an exact gradient`);
    return pairsOf(machine, op, expected);
  });
  return {
    cosine: Math.min(...pairs.map(([a, b]) => dot(a, b) / (norm(a) * norm(b)))),
    lengthError: Math.max(...pairs.map(([a, b]) => Math.abs(norm(a) / norm(b) - 1))),
    layers: scalings.length,
    mantissaBits: machine.mantissaBits,
  };
}

function schemeOf(all: number, { layers = all, weights, ratio = 1 }: TrainedPart): TrainingScheme {
  const weightLayers = weights
    ? Array.from({ length: layers }, (_, i) => ({ layer: all - layers + i, ratio }))
    : [];
  return { name: 'exact', biasLayers: layers, weightLayers };
}

/** Of one layer: its accumulators, and its weights where they are trained. */
function pairsOf(machine: Machine, op: ScaleOp, exact: FloatLayerGradient): readonly Pair[] {
  const accumulator: Pair = [accumulatorGradient(machine, op), exact.accumulator];
  const update = machine.graph.ops.find(
    (each): each is WeightUpdate => each.kind === 'weightUpdate' && each.layer === op.layer,
  );
  if (!update) return [accumulator];
  const { values, positions } = weightGradients(machine, op, update);
  return [accumulator, [values, Float64Array.from(positions, (position) => at(exact.weights, position))]];
}
