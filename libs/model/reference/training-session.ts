import {
  type Graph,
  isLoss,
  type Objective,
  objectiveOf,
  type SoftmaxCrossEntropy,
  type SquaredError,
  type Variable,
  variablesOf,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { type BackwardKernel, type ForwardKernel, type Machine, machineFor, type Step } from './machine';
import { isForward, prepareBackward, prepareForward } from './ops';
import {
  canonicalBytes,
  deltaBytes,
  saturatedCounts,
  type Snapshot,
  snapshotOf,
  storeStartValue,
} from './variable-bytes';

/** The kernels of one half of the step, in graph order. */
interface Kernels {
  readonly forward: readonly ForwardKernel[];
  readonly loss: ForwardKernel;
  readonly backward: readonly BackwardKernel[];
}

type Loss = SoftmaxCrossEntropy | SquaredError;

function kernelsOf(graph: Graph, machine: Machine, loss: Loss): Kernels {
  return {
    forward: graph.ops.flatMap((op) => (isForward(op) && !isLoss(op) ? [prepareForward(op, machine)] : [])),
    loss: prepareForward(loss, machine),
    backward: graph.ops.flatMap((op) => (isForward(op) ? [] : [prepareBackward(op, machine)])),
  };
}

/** A training graph with its variables, driven as the runtime drives the generated C: forward, then loss, then backward. */
export class TrainingSession {
  private readonly kernels: Kernels;
  private readonly variables: readonly Variable[];
  private readonly start: Snapshot;
  /** Classifiers are measured by how often they are right, all others by their mean loss alone. */
  readonly objective: Objective;

  constructor(
    private readonly machine: Machine,
    private readonly lossOp: Loss,
  ) {
    this.objective = objectiveOf(machine.graph);
    this.variables = variablesOf(machine.graph);
    for (const variable of this.variables) storeStartValue(machine, variable);
    this.start = snapshotOf(machine, this.variables);
    this.kernels = kernelsOf(machine.graph, machine, lossOp);
  }

  /** N2. */
  forward(input: Int8Array): void {
    const [id] = this.machine.graph.inputs;
    invariant(id !== undefined, 'a training graph has one input');
    this.machine.memory.int8(id).set(input);
    for (const run of this.kernels.forward) run();
  }

  /** Of a classifier, logits of the last forward: int32, log2 units, 16 fractional bits. */
  logits(): Int32Array {
    invariant(
      this.lossOp.kind === 'softmaxCrossEntropy',
      `${this.machine.graph.name} tells no classes apart`,
    );
    return this.machine.memory.int32(this.lossOp.logits).slice();
  }

  /** What the last forward gave: of a classifier its logits, of another network its int8 output. */
  output(): Int32Array | Int8Array {
    return this.lossOp.kind === 'softmaxCrossEntropy'
      ? this.logits()
      : this.machine.memory.int8(this.lossOp.prediction).slice();
  }

  /** N2, of a classifier: the lowest class with the largest logit. */
  predict(): number {
    const logits = this.logits();
    return logits.indexOf(Math.max(...logits));
  }

  /**
   * Loss of the last forward; leaves the error for `backward`. Of a classifier in 1/65536 bit (N3), of others the mean squared
   * error in 1/16 of a squared step of the output (G11).
   * @param label the class; of a network with one output, the int8 that it should have given; of others not read
   */
  loss(label: number): number {
    this.machine.memory.bytes(this.lossOp.label)[0] = label;
    this.kernels.loss();
    return this.machine.memory.int32(this.lossOp.loss)[0] as number;
  }

  /** N5 to N7: updates the variables. */
  backward(step: Step): void {
    for (const run of this.kernels.backward) run(step);
  }

  /** All variables in graph order, weights in OIHW order before biases: int8, head int16 LE, biases int32 LE. */
  state(): Uint8Array {
    return canonicalBytes(this.machine, this.variables);
  }

  /** N12 against the start values, in the order of `state`: weights int16 LE, biases int32 LE. */
  delta(): Uint8Array {
    return deltaBytes(this.machine, this.variables, this.start);
  }

  /** N13. */
  saturated(): Readonly<Record<'weights' | 'headWeights' | 'biases', number>> {
    return saturatedCounts(this.machine, this.variables, this.start);
  }

  /** Forgets everything learnt (N11: the guard tripped). */
  restart(): void {
    for (const variable of this.variables) storeStartValue(this.machine, variable);
  }
}

/**
 * A session on the start values of a training graph.
 */
export function createSession(trainingGraph: Graph): TrainingSession {
  const loss = trainingGraph.ops.find(isLoss);
  invariant(loss, `${trainingGraph.name} is no training graph`);
  return new TrainingSession(machineFor(trainingGraph), loss);
}
