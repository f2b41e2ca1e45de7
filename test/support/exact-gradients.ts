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
import { trainingGraph } from '#libs/model/passes';
import { canonicalOrder, uniformRates } from '#libs/model/quant';
import { type Machine, machineFor } from '../../libs/model/reference/machine';
import { isForward, prepareBackward, prepareForward } from '../../libs/model/reference/ops';
import { weightGradient } from '../../libs/model/reference/ops/weight-gradient';
import { floatBackward } from '../../libs/model/reference/testing/float-backward';
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

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * at(b, i), 0);

function cosineOf(a: Float64Array, b: Float64Array): number {
  invariant(a.length === b.length, `${a.length} gradients beside ${b.length}`);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** What of a network is trained. */
export interface TrainedPart {
  /** The last so many convolutions; absent: all. */
  readonly layers?: number;
  /** Of those, whether their weights are trained, too. */
  readonly weights: boolean;
}

/**
 * The worst cosine between integer and exact gradients of one step, over every layer that is reached: of its accumulators (what biases
 * learn from) and of its trained weights. NaN where a gradient is 0 throughout.
 * @param seed of the input
 */
export function worstGradientCosine(
  inference: Graph,
  seed: number,
  { layers, weights }: TrainedPart,
): number {
  const all = layersOf(inference).length - 1;
  const trained = layers ?? all;
  const weightLayers = weights
    ? Array.from({ length: trained }, (_, i) => ({ layer: all - trained + i, ratio: 1 }))
    : [];
  const graph = unwrap(trainingGraph(inference, { name: 'exact', biasLayers: trained, weightLayers }));
  const machine = stepped(graph, seed);
  const exact = floatBackward(machine, LABEL);
  const scalings = graph.ops.filter((op): op is ScaleOp => op.kind === 'scaleGradient');
  invariant(scalings.length >= trained, `${scalings.length} of ${trained} layers have a gradient`);
  const cosines = scalings.flatMap((op) => {
    const expected = exact.get(op.name.replace(/\.scale$/, ''));
    invariant(expected, `${op.name} has an exact gradient`);
    const update = graph.ops.find(
      (each): each is WeightUpdate => each.kind === 'weightUpdate' && each.layer === op.layer,
    );
    const accumulator = cosineOf(accumulatorGradient(machine, op), expected.accumulator);
    if (!update) return [accumulator];
    const { values, positions } = weightGradients(machine, op, update);
    const same = Float64Array.from(positions, (position) => at(expected.weights, position));
    return [accumulator, cosineOf(values, same)];
  });
  return Math.min(...cosines);
}
