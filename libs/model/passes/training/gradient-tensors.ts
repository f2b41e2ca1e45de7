import { type Graph, isRecorder, producerOf, type TensorId, tensorOf } from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import type { GraphDraft } from '../graph-draft';
import { planesOf } from './operand-gradients';

/** New gradient tensors, and the masks of the tensors that they belong to. */
export class GradientTensors {
  private readonly names = new Set<string>();

  constructor(
    private readonly graph: Graph,
    readonly draft: GraphDraft,
  ) {}

  /** A new gradient tensor for `of`, named after the operator that made `of`. */
  gradientOf(of: TensorId): TensorId {
    const producer = producerOf(this.graph, of);
    invariant(producer, `tensor ${of} has no producer`);
    return this.planes(`${producer.name}.g`, of);
  }

  /** Gradients are channel planes: [C, P] of a map [1,H,W,C]. */
  planes(name: string, of: TensorId): TensorId {
    return this.add(name, planesOf(tensorOf(this.graph, of).shape));
  }

  add(name: string, shape: readonly number[]): TensorId {
    return this.draft.add({ name: this.unique(name), type: 'blockFloat', shape, role: 'activation' });
  }

  /** Names are C identifiers later: a second gradient of one tensor gets a number. */
  unique(name: string): string {
    let candidate = name;
    for (let count = 2; this.names.has(candidate); count++) candidate = `${name}${count}`;
    this.names.add(candidate);
    return candidate;
  }

  /** The clamp mask of a tensor, if an operator made one: its bits have the order of the elements, whatever the shape. */
  maskOf(of: TensorId): TensorId | undefined {
    const producer = producerOf(this.graph, of);
    if (producer && 'mask' in producer && producer.mask !== undefined) return producer.mask;
    if (producer?.kind === 'reshape') return this.maskOf(producer.input);
    const record = this.graph.ops.find(
      (op) => isRecorder(op) && op.kind !== 'recordMaximum' && 'of' in op && op.of === of,
    );
    return record && 'output' in record ? record.output : undefined;
  }
}
