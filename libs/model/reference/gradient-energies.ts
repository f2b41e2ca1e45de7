import {
  type BiasUpdate,
  channelScale,
  type Graph,
  isLoss,
  layersOf,
  objectiveOf,
  type Op,
  perTensor,
  tensorOf,
  variablesOf,
  type WeightUpdate,
} from '#libs/model/ir';
import { at, invariant } from '#libs/base/result';
import { trainingConstants, uniformRates } from '#libs/model/quant';
import { type BackwardKernel, type Machine, machineFor } from './machine';
import { NONE } from './memory';
import { isForward, prepareBackward, prepareForward } from './ops';
import { weightGradient } from './ops/weight-gradient';
import { viewedGradient } from './ops/viewed-gradient';
import { storeStartValue } from './variable-bytes';

/** Mean squared gradients of one layer's parameters over rows, in real units, with a factor that all layers share. */
export interface LayerEnergies {
  readonly layer: number;
  readonly bias: number;
  /** By trained input channel, of depthwise layers by channel: all weights behind it. */
  readonly weights: readonly number[];
}

/** One input, and its class where somebody knows it. */
export interface EnergyRow {
  readonly features: Int8Array;
  readonly label?: number;
}

/**
 * What plain gradient descent on the real parameters would lower the loss by, to first order and for an equal rate: the sum of squared
 * gradients dL/dW = (dL/dWq) / s_w (quantisation-aware scaling, arXiv 2206.15472, section 2.2), without changing any. Rows
 * without a label are given the class that the model predicts: the diagonal of the Fisher information, near enough.
 * @param training the graph of a step that trains all that is asked about, of a classifier
 * @param rows at least one
 */
export function gradientEnergies(training: Graph, rows: readonly EnergyRow[]): readonly LayerEnergies[] {
  invariant(rows.length > 0 && objectiveOf(training) === 'classify', 'energies are of rows of a classifier');
  const machine = machineFor(training);
  for (const variable of variablesOf(training)) storeStartValue(machine, variable);
  const loss = training.ops.find(isLoss);
  invariant(loss?.kind === 'softmaxCrossEntropy', `${training.name} tells no classes apart`);
  const forward = training.ops.flatMap((op) =>
    isForward(op) && !isLoss(op) ? [prepareForward(op, machine)] : [],
  );
  const lossKernel = prepareForward(loss, machine);
  const meters = new Meters(machine);
  const backward = training.ops.flatMap((op) => (isForward(op) ? [] : [meters.kernelOf(op)]));
  const [input] = training.inputs;
  invariant(input !== undefined, 'a training graph has one input');
  const step = { seed: 0, index: 0, rates: uniformRates(0.01) };
  for (const { features, label } of rows) {
    machine.memory.int8(input).set(features);
    for (const run of forward) run();
    const logits = machine.memory.int32(loss.logits);
    machine.memory.bytes(loss.label)[0] = label ?? logits.indexOf(Math.max(...logits));
    lossKernel();
    for (const run of backward) run(step);
  }
  return meters.energies(rows.length);
}

type Backward = Exclude<Op, Parameters<typeof prepareForward>[0]>;

/** Backward kernels that add up squared gradients where they would update parameters. */
class Meters {
  private readonly bias = new Map<number, number>();
  private readonly weights = new Map<number, Float64Array>();

  constructor(private readonly machine: Machine) {}

  kernelOf(op: Backward): BackwardKernel {
    if (op.kind === 'biasUpdate') return this.biasMeter(op);
    if (op.kind === 'weightUpdate') return this.weightMeter(op);
    return op.kind === 'headUpdate' ? () => undefined : prepareBackward(op, this.machine);
  }

  energies(rows: number): readonly LayerEnergies[] {
    return [...this.bias]
      .map(([layer, bias]): LayerEnergies => ({
        layer,
        bias: bias / rows,
        weights: Array.from(this.weights.get(layer) ?? [], (energy) => energy / rows),
      }))
      .sort((a, b) => a.layer - b.layer);
  }

  private biasMeter(op: BiasUpdate): BackwardKernel {
    const { graph } = this.machine;
    const seen = viewedGradient(op, this.machine);
    const { scales, frozen } = this.scalesOf(op.layer);
    const input = perTensor(tensorOf(graph, at(layersOf(graph), op.layer).input)).scale;
    this.bias.set(op.layer, 0);
    return () => {
      const { mantissas, exponents } = seen();
      const pixels = mantissas.length / exponents.length;
      let energy = 0;
      exponents.forEach((exponent, o) => {
        if (exponent === NONE || frozen[o]) return;
        let sum = 0;
        for (let p = 0; p < pixels; p++) sum += at(mantissas, o * pixels + p);
        energy += ((sum * 2 ** exponent) / (at(scales, o) * input)) ** 2;
      });
      this.bias.set(op.layer, (this.bias.get(op.layer) ?? 0) + energy);
    };
  }

  private weightMeter(op: WeightUpdate): BackwardKernel {
    const { graph, memory } = this.machine;
    const gradientOf = weightGradient(op, this.machine);
    const gradient = memory.blockFloat(op.gradient);
    const { scales, frozen } = this.scalesOf(op.layer);
    const isDepthwise = at(layersOf(graph), op.layer).kind === 'depthwiseConv2d';
    const shape = tensorOf(graph, op.weights).shape;
    const channels = shape.at(-1) ?? 0;
    const each = shape.slice(1).reduce((product, extent) => product * extent, 1);
    const energies = new Float64Array(channels);
    this.weights.set(op.layer, energies);
    return () => {
      gradientOf(gradient).forEach((sum, index) => {
        const o = isDepthwise ? index % channels : Math.floor(index / each);
        const exponent = at(gradient.exponents, o);
        if (exponent === NONE || frozen[o]) return;
        const i = index % channels;
        energies[i] = at(energies, i) + ((sum * 2 ** exponent) / at(scales, o)) ** 2;
      });
    };
  }

  private scalesOf(layer: number): {
    readonly scales: readonly number[];
    readonly frozen: ArrayLike<boolean | number>;
  } {
    const { graph } = this.machine;
    const weights = tensorOf(graph, at(layersOf(graph), layer).weights);
    const { frozen } = trainingConstants(graph, layer);
    return { scales: Array.from(frozen, (_, o) => channelScale(weights, o)), frozen };
  }
}
