import {
  type Add,
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  forwardConsumersOf,
  type Graph,
  type Op,
  producerOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { skipRatio } from '#libs/model/quant';
import type { GraphDraft } from '../graph-draft';
import { GradientLedger, type SharedGradient } from './gradient-ledger';
import type { GradientFlow } from './gradient-flow';
import { headOf } from './head-of';
import { layerNumber } from './layer-numbers';
import type { TrainedLayers } from './trained-layers';

type Layer = Conv2d | DepthwiseConv2d;

/** Writes the backward operators of one graph, in the order in which it is called. */
export class BackwardWriter {
  private readonly ops: Op[] = [];
  private readonly ledger = new GradientLedger();
  private readonly names = new Set<string>();

  constructor(
    private readonly graph: Graph,
    private readonly draft: GraphDraft,
    private readonly flow: GradientFlow,
    private readonly trained: TrainedLayers,
  ) {}

  finish(): Graph {
    return this.draft.finish([...this.graph.ops, ...this.ops]);
  }

  /** N3 and N5: loss, gradient of the pooled tensor where a layer before it is trained, then the head's own update. */
  writeHead(backPropagates: boolean): void {
    const { head, pool } = headOf(this.graph);
    const { name, layer, input, weights, bias, output: logits } = head;
    const classes = tensorOf(this.graph, logits).shape;
    const label = this.draft.add({ name: 'label', type: 'uint8', shape: [1], role: 'label' });
    const error = this.draft.add({ name: `${name}.e`, type: 'int32', shape: classes, role: 'activation' });
    const loss = this.draft.add({ name: 'loss', type: 'int32', shape: [1], role: 'loss' });
    this.ops.push({ kind: 'softmaxCrossEntropy', name: `${name}.loss`, logits, label, error, loss });
    if (backPropagates) {
      const output = this.gradientOf(pool.input);
      const mask = this.maskOf(pool.input);
      this.ops.push({
        kind: 'headInputGradient',
        name: `${name}.backward`,
        layer,
        error,
        weights,
        mask,
        output,
      });
      this.ledger.deposit(pool.input, output);
    }
    this.ops.push({ kind: 'headUpdate', name: `${name}.update`, layer, error, input, weights, bias });
  }

  /** An ADD hands its gradient to both inputs, each with its ratio of scales (N0 skip). */
  writeAdd(op: Add): void {
    const wanted = op.inputs.filter((id) => this.flow.has(id));
    this.ledger.distribute(
      op.output,
      wanted.map((id) => ({ id, ratio: skipRatio(this.graph, op, id) })),
    );
  }

  /** N6 for one convolution. */
  writeLayer(op: Layer): void {
    const { shared } = this.ledger.take(op.output);
    const gradient = this.writeScaling(op, shared);
    if (this.flow.has(op.input)) this.writeInputGradient(op, gradient);
    this.writeUpdates(op, gradient);
  }

  private writeScaling(op: Layer, shared: SharedGradient): TensorId {
    const input = shared.tensor;
    if (shared.waiting > 0) {
      shared.tensor = this.blockFloat(`${op.name}.kept`, op.output);
      this.ops.push({ kind: 'copyGradient', name: `${op.name}.keep`, input, output: shared.tensor });
    }
    const output = this.blockFloat(`${op.name}.h`, op.output);
    const feedsAdd = forwardConsumersOf(this.graph, op.output).every((consumer) => consumer.kind === 'add');
    const mask = feedsAdd ? { mask: this.maskOf(op.output) } : {};
    const layer = layerNumber(this.graph, op);
    this.ops.push({ kind: 'scaleGradient', name: `${op.name}.scale`, layer, input, ...mask, output });
    return output;
  }

  private writeInputGradient(op: Layer, gradient: TensorId): void {
    const layer = layerNumber(this.graph, op);
    const skip = this.ledger.takeAsSkip(op.input);
    const output = this.gradientOf(op.input);
    const operands = {
      gradient,
      weights: op.weights,
      mask: this.maskOf(op.input),
      ...(skip && { skip }),
      output,
    };
    this.ops.push({ kind: 'inputGradient', name: `${op.name}.backward`, layer, ...operands });
    this.ledger.deposit(op.input, output);
  }

  private writeUpdates(op: Layer, gradient: TensorId): void {
    const layer = layerNumber(this.graph, op);
    const { input, weights, bias } = op;
    invariant(bias !== undefined, `${op.name} has no bias to train`);
    this.ops.push({ kind: 'biasUpdate', name: `${op.name}.b.update`, layer, gradient, bias });
    if (!this.trained.weights.has(layer)) return;
    this.ops.push({ kind: 'weightUpdate', name: `${op.name}.w.update`, layer, gradient, input, weights });
  }

  /** A new gradient tensor for `of`, named after the operator that made `of`. */
  private gradientOf(of: TensorId): TensorId {
    const producer = producerOf(this.graph, of);
    invariant(producer, `tensor ${of} has no producer`);
    return this.blockFloat(`${producer.name}.g`, of);
  }

  /** Gradients are channel planes: [C, P] of a map [1,H,W,C]. */
  private blockFloat(name: string, of: TensorId): TensorId {
    const { shape } = tensorOf(this.graph, of);
    const channels = shape.at(-1) ?? 0;
    const planes = [channels, elementCount(shape) / channels];
    return this.draft.add({ name: this.unique(name), type: 'blockFloat', shape: planes, role: 'activation' });
  }

  /** Names are C identifiers later: a second gradient of one tensor gets a number. */
  private unique(name: string): string {
    let candidate = name;
    for (let count = 2; this.names.has(candidate); count++) candidate = `${name}${count}`;
    this.names.add(candidate);
    return candidate;
  }

  private maskOf(of: TensorId): TensorId {
    const producer = producerOf(this.graph, of);
    const mask = producer && 'mask' in producer ? producer.mask : undefined;
    invariant(mask !== undefined, `tensor ${of} has no clamp mask`);
    return mask;
  }
}
