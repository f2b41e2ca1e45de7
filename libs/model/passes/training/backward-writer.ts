import {
  type Add,
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  foldedAdd,
  type Graph,
  type GradientTerm,
  type Head,
  type Op,
  type Ratio,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { at, invariant } from '#libs/base/result';
import { errorRatio, skipRatio, UNIT_RATIO } from '#libs/model/quant';
import type { GraphDraft } from '../graph-draft';
import { GradientLedger, isUnit, type PendingGradient, type SharedGradient } from './gradient-ledger';
import type { GradientFlow } from './gradient-flow';
import { gradientForm } from './gradient-form';
import { GradientTensors } from './gradient-tensors';
import { reshapeWalk } from './gradient-walks';
import { headOf } from './head-of';
import { layerNumber } from './layer-numbers';
import { hasOperandGradients, isEven, type OperandGradient, operandGradients } from './operand-gradients';
import { savedInputOf } from './save-inputs';
import { targetOf } from './split-head';
import type { TrainedLayers } from './trained-layers';

type Layer = Conv2d | DepthwiseConv2d;

/** Writes the backward operators of one graph, in the order in which it is called. */
export class BackwardWriter {
  private readonly ops: Op[] = [];
  private readonly ledger = new GradientLedger();
  private readonly tensors: GradientTensors;

  constructor(
    private readonly graph: Graph,
    draft: GraphDraft,
    private readonly flow: GradientFlow,
    private readonly trained: TrainedLayers,
  ) {
    this.tensors = new GradientTensors(graph, draft);
  }

  finish(): Graph {
    return this.tensors.draft.finish([...this.graph.ops, ...this.ops]);
  }

  /** The loss, and the gradient of the tensor with which gradients begin. */
  writeLoss(): void {
    const ending = headOf(this.graph);
    const { draft } = this.tensors;
    const label = draft.add({ name: 'label', type: 'uint8', shape: [1], role: 'label' });
    const loss = draft.add({ name: 'loss', type: 'int32', shape: [1], role: 'loss' });
    if (ending) this.writeHead(ending.head, ending.pool?.input, { label, loss });
    else this.writeError({ label, loss });
  }

  /** Hands the gradient of an operator's result on to its operands. */
  write(op: Op): void {
    if (!('output' in op) || !this.ledger.has(op.output)) return;
    if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') this.writeLayer(op);
    else if (op.kind === 'add') this.writeAdd(op);
    else {
      invariant(hasOperandGradients(op), `${op.name} (${op.kind}) has no gradient`);
      for (const gradient of this.wanted(operandGradients(this.graph, op))) {
        this.writeOperand(op.output, gradient);
      }
      this.ledger.take(op.output);
    }
  }

  private wanted(gradients: readonly OperandGradient[]): readonly OperandGradient[] {
    return gradients.filter(({ of }) => this.flow.has(of));
  }

  /** N3 and N5: loss, gradient where a layer before the head is trained, then the head's own update. */
  private writeHead(
    head: Head,
    pooled: TensorId | undefined,
    ends: { label: TensorId; loss: TensorId },
  ): void {
    const { name, layer, input, weights, bias, output: logits } = head;
    const classes = tensorOf(this.graph, logits).shape;
    const error = this.tensors.draft.add({
      name: `${name}.e`,
      type: 'int32',
      shape: classes,
      role: 'activation',
    });
    this.ops.push({ kind: 'softmaxCrossEntropy', name: `${name}.loss`, logits, error, ...ends });
    const of = pooled ?? input;
    if (this.flow.has(of)) {
      const { shape } = tensorOf(this.graph, of);
      const isVector = pooled !== undefined || elementCount(shape) === shape.at(-1);
      const output = isVector
        ? this.tensors.gradientOf(of)
        : this.tensors.add(`${name}.g`, [elementCount(shape), 1]);
      const mask = this.maskOf(of);
      this.ops.push({
        kind: 'headInputGradient',
        name: `${name}.backward`,
        layer,
        error,
        weights,
        ...mask,
        output,
      });
      this.ledger.deposit(of, isVector ? output : this.unflattened(of, output));
    }
    this.ops.push({ kind: 'headUpdate', name: `${name}.update`, layer, error, input, weights, bias });
  }

  /** The gradient of a map of which a head read the elements one after the other. */
  private unflattened(of: TensorId, gradient: TensorId): TensorId {
    const output = this.tensors.gradientOf(of);
    const walk = reshapeWalk(tensorOf(this.graph, of).shape);
    const name = this.tensors.unique('features.back');
    this.ops.push({ kind: 'moveGradient', name, gradient, walk, ratio: UNIT_RATIO, output });
    return output;
  }

  /** G11. */
  private writeError(ends: { label: TensorId; loss: TensorId }): void {
    const prediction = at(this.graph.outputs, 0);
    const target = targetOf(this.graph);
    const gradient = this.tensors.gradientOf(prediction);
    const elements = elementCount(tensorOf(this.graph, prediction).shape);
    this.ops.push({
      kind: 'squaredError',
      name: 'error',
      prediction,
      ...(target !== undefined && { target }),
      ...this.maskOf(prediction),
      gradient,
      ratio: errorRatio(this.graph, prediction, elements),
      ...ends,
    });
    this.ledger.deposit(prediction, gradient);
  }

  /** An ADD hands its gradient to both inputs, each with its ratio of scales (N0 skip); what is stretched gets a sum (G5). */
  private writeAdd(op: Add): void {
    const isShared = (id: TensorId): boolean => op.inputs[0] !== op.inputs[1] && isEven(this.graph, op, id);
    for (const gradient of this.wanted(operandGradients(this.graph, op))) {
      if (!isShared(gradient.of)) this.writeOperand(op.output, gradient);
    }
    const shared = this.settled(op.output);
    this.ledger.take(op.output);
    for (const id of op.inputs.filter((each) => this.flow.has(each) && isShared(each))) {
      this.meet(id, { shared, ratio: skipRatio(this.graph, op, id), isMasked: false });
    }
  }

  private writeOperand(result: TensorId, { of, write }: OperandGradient): void {
    const shared = this.settled(result);
    if (!write) {
      this.meet(of, { shared, ratio: UNIT_RATIO, isMasked: true });
      return;
    }
    const output = this.tensors.gradientOf(of);
    const name = this.named(output);
    this.ops.push(write({ name, gradient: shared.tensor, ...this.maskOf(of), output }));
    this.meet(of, { shared: { tensor: output, waiting: 0 }, ratio: UNIT_RATIO, isMasked: true });
  }

  /** Gradients are named after what they belong to, `x.g2`; their operators likewise, `x.back2`. */
  private named(gradient: TensorId): string {
    return this.tensors.unique(this.tensors.draft.nameOf(gradient).replace(/\.g(\d*)$/, '.back$1'));
  }

  /** One more gradient of a tensor: summed with the one that waits, if one does (G4). */
  private meet(of: TensorId, more: PendingGradient): void {
    if (!this.ledger.has(of)) {
      this.ledger.share(of, more);
      return;
    }
    const before = this.ledger.take(of);
    const isMasked = before.isMasked && more.isMasked;
    const terms = [termOf(more.shared, more.ratio), termOf(before.shared, before.ratio)];
    this.ledger.deposit(of, this.sum(of, terms, isMasked));
  }

  private sum(of: TensorId, terms: readonly GradientTerm[], isMasked: boolean): TensorId {
    const output = this.tensors.gradientOf(of);
    const name = this.named(output);
    this.ops.push({ kind: 'addGradient', name, terms, ...(isMasked ? {} : this.maskOf(of)), output });
    return output;
  }

  /** Makes what waits for `of` the very gradient of `of`: its ratio multiplied out, its clamp applied. It goes on waiting. */
  private settled(of: TensorId): SharedGradient {
    const { shared, ratio, isMasked } = this.ledger.take(of);
    const isDone = isUnit(ratio) && (isMasked || this.tensors.maskOf(of) === undefined);
    const own = isDone ? shared : { tensor: this.sum(of, [termOf(shared, ratio)], false), waiting: 0 };
    this.ledger.share(of, { shared: own, ratio: UNIT_RATIO, isMasked: true });
    return own;
  }

  /** N6 for one convolution. */
  private writeLayer(op: Layer): void {
    const isFolded = foldedAdd(this.graph, op) !== undefined;
    const shared = isFolded ? this.ledger.take(op.output).shared : this.taken(op.output);
    const gradient = this.writeScaling(op, shared, isFolded);
    if (this.flow.has(op.input)) this.writeInputGradient(op, gradient);
    this.writeUpdates(op, gradient);
  }

  private taken(of: TensorId): SharedGradient {
    this.settled(of);
    return this.ledger.take(of).shared;
  }

  private writeScaling(op: Layer, shared: SharedGradient, isFolded: boolean): TensorId {
    const input = shared.tensor;
    if (shared.waiting > 0) {
      shared.tensor = this.tensors.planes(`${op.name}.kept`, op.output);
      this.ops.push({ kind: 'copyGradient', name: `${op.name}.keep`, input, output: shared.tensor });
    }
    const output = this.tensors.planes(`${op.name}.h`, op.output);
    const layer = layerNumber(this.graph, op);
    const mask = isFolded ? this.maskOf(op.output) : {};
    const { exponents } = gradientForm(this.graph, op, this.flow);
    const name = `${op.name}.scale`;
    this.ops.push({ kind: 'scaleGradient', name, layer, exponents, input, ...mask, output });
    return output;
  }

  private writeInputGradient(op: Layer, gradient: TensorId): void {
    const layer = layerNumber(this.graph, op);
    const skip = this.ledger.takeAsSkip(op.input);
    const output = this.tensors.gradientOf(op.input);
    const { accumulation } = gradientForm(this.graph, op, this.flow);
    const operands = {
      accumulation,
      gradient,
      weights: op.weights,
      ...(op.trainedWeights !== undefined && { trainedWeights: op.trainedWeights }),
      ...this.maskOf(op.input),
      ...(skip && { skip }),
      output,
    };
    this.ops.push({ kind: 'inputGradient', name: `${op.name}.backward`, layer, ...operands });
    this.ledger.deposit(op.input, output);
  }

  private writeUpdates(op: Layer, gradient: TensorId): void {
    const layer = layerNumber(this.graph, op);
    const { bias } = op;
    invariant(bias !== undefined, `${op.name} has no bias to train`);
    this.ops.push({ kind: 'biasUpdate', name: `${op.name}.b.update`, layer, gradient, bias });
    if (!this.trained.weights.has(layer)) return;
    const weights = op.trainedWeights ?? op.weights;
    const input = savedInputOf(this.graph, layer, op);
    this.ops.push({ kind: 'weightUpdate', name: `${op.name}.w.update`, layer, gradient, input, weights });
  }

  private maskOf(of: TensorId): { readonly mask?: TensorId } {
    const mask = this.tensors.maskOf(of);
    return mask === undefined ? {} : { mask };
  }
}

const termOf = ({ tensor }: SharedGradient, ratio: Ratio): GradientTerm => ({ gradient: tensor, ratio });
