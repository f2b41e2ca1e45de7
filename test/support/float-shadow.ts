/** Training with weights kept in floating point: what the rounding of int8 weights is measured against. */
import { at, invariant } from '#libs/base/result';
import {
  type Graph,
  type HeadUpdate,
  isLoss,
  layersOf,
  type Op,
  perTensor,
  sliceOf,
  type TensorId,
  tensorOf,
  variablesOf,
  type WeightUpdate,
  wholeIndex,
} from '#libs/model/ir';
import { canonicalOrder, saturate, trainingConstants } from '#libs/model/quant';
import { type BackwardKernel, type Machine, machineFor, type Step } from '../../libs/model/reference/machine';
import { isForward, prepareBackward, prepareForward } from '../../libs/model/reference/ops';
import {
  BIAS_STEP_FRACTION,
  channelStep,
  stepOf,
  steppedBias,
  WEIGHT_STEP_FRACTION,
} from '../../libs/model/reference/ops/parameter-step';
import { weightGradient } from '../../libs/model/reference/ops/weight-gradient';
import { canonicalBytes, storeStartValue } from '../../libs/model/reference/variable-bytes';

const ONE_LSB = 2 ** WEIGHT_STEP_FRACTION;
/** N7, in LSB: how far a weight goes in one step, and altogether. */
const WEIGHT = { clip: 8, limit: 127, one: 1 };
const HEAD = { clip: 64, limit: 8191 / 16, one: 16 };
const ERROR_EXPONENT = -15;

/** Weights in LSB, unrounded, beside the integers that the forward and backward halves read. */
class Shadow {
  private readonly real: Float64Array;

  constructor(
    private readonly seen: Int8Array | Int16Array,
    private readonly kind: typeof WEIGHT,
  ) {
    this.real = Float64Array.from(seen, (value) => value / kind.one);
  }

  /** @param step D of N7, in 1/65536 LSB */
  move(i: number, step: number): void {
    const { clip, limit, one } = this.kind;
    const moved = saturate(at(this.real, i) - saturate(step / ONE_LSB, clip), limit);
    this.real[i] = moved;
    this.seen[i] = Math.round(moved * one);
  }
}

function shadowWeightUpdate(op: WeightUpdate, machine: Machine): BackwardKernel {
  const { graph, memory } = machine;
  const { kind, weights: wholeId } = at(layersOf(graph), op.layer);
  const { weightStep, frozen } = trainingConstants(graph, op.layer);
  const whole = canonicalOrder(kind, tensorOf(graph, wholeId).shape);
  const slice = sliceOf(graph, tensorOf(graph, op.weights));
  const gradient = memory.blockFloat(op.gradient);
  const gradientOf = weightGradient(op, machine);
  const weights = memory.int8(op.weights);
  const channels = Uint32Array.from(weights, (_, i) =>
    Math.floor((at(whole, wholeIndex(slice, i)) * frozen.length) / whole.length),
  );
  const shadow = new Shadow(weights, WEIGHT);
  return ({ rates }) => {
    const steps = Array.from(frozen, (_, o) =>
      channelStep(weightStep, o, rates.weights, WEIGHT_STEP_FRACTION),
    );
    gradientOf(gradient).forEach((sum, i) => {
      const o = at(channels, i);
      if (!frozen[o]) shadow.move(i, stepOf(sum, at(gradient.exponents, o), at(steps, o)));
    });
  };
}

function shadowHeadUpdate(op: HeadUpdate, { graph, memory }: Machine): BackwardKernel {
  const [classes = 0, features = 0] = tensorOf(graph, op.weights).shape;
  const { weightStep, biasStep, frozen } = trainingConstants(graph, op.layer);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const [input, error, bias] = [memory.int8(op.input), memory.int32(op.error), memory.int32(op.bias)];
  const shadow = new Shadow(memory.int16(op.weights), HEAD);
  return ({ rates }) => {
    for (let k = 0; k < classes; k++) {
      if (frozen[k]) continue;
      const e = at(error, k);
      const biasBy = channelStep(biasStep, k, rates.head, BIAS_STEP_FRACTION);
      bias[k] = steppedBias(at(bias, k), stepOf(e, ERROR_EXPONENT, biasBy));
      const by = channelStep(weightStep, k, rates.head, WEIGHT_STEP_FRACTION);
      for (let j = 0; j < features; j++)
        shadow.move(k * features + j, stepOf(e * (at(input, j) - zeroPoint), ERROR_EXPONENT, by));
    }
  };
}

function backwardKernel(op: Op, machine: Machine): BackwardKernel {
  if (op.kind === 'weightUpdate') return shadowWeightUpdate(op, machine);
  if (op.kind === 'headUpdate') return shadowHeadUpdate(op, machine);
  invariant(!isForward(op), `${op.name} is of the backward half`);
  return prepareBackward(op, machine);
}

/**
 * A classifier's training session of the reference, but for its weights: each is also kept in floating point, moved there by the very
 * step of N7, clip and range included, and rounded to the nearest integer for what reads it. Biases are as ever.
 */
export class ShadowSession {
  private readonly machine: Machine;
  private readonly forwards: readonly (() => void)[];
  private readonly backwards: readonly BackwardKernel[];
  private readonly lossKernel: () => void;
  private readonly ids: {
    readonly input: TensorId;
    readonly logits: TensorId;
    readonly label: TensorId;
    readonly loss: TensorId;
  };

  constructor(graph: Graph) {
    this.machine = machineFor(graph);
    for (const variable of variablesOf(graph)) storeStartValue(this.machine, variable);
    const loss = graph.ops.find(isLoss);
    invariant(loss?.kind === 'softmaxCrossEntropy', `${graph.name} tells no classes apart`);
    this.ids = { input: at(graph.inputs, 0), logits: loss.logits, label: loss.label, loss: loss.loss };
    this.lossKernel = prepareForward(loss, this.machine);
    this.forwards = graph.ops.flatMap((op) =>
      isForward(op) && !isLoss(op) ? [prepareForward(op, this.machine)] : [],
    );
    this.backwards = graph.ops.flatMap((op) => (isForward(op) ? [] : [backwardKernel(op, this.machine)]));
  }

  forward(input: Int8Array): void {
    this.machine.memory.int8(this.ids.input).set(input);
    for (const run of this.forwards) run();
  }

  predict(): number {
    const logits = this.machine.memory.int32(this.ids.logits);
    return logits.indexOf(Math.max(...logits));
  }

  loss(label: number): number {
    this.machine.memory.bytes(this.ids.label)[0] = label;
    this.lossKernel();
    return at(this.machine.memory.int32(this.ids.loss), 0);
  }

  /** Nothing is drawn: of the step, only its rates count. */
  backward(step: Step): void {
    for (const run of this.backwards) run(step);
  }

  /** All variables as the reference writes them (its `state`): the integers that were seen last. */
  state(): Uint8Array {
    return canonicalBytes(this.machine, variablesOf(this.machine.graph));
  }
}
