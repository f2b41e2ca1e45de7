import {
  type Add,
  type Graph,
  type MaxPool2d,
  type Mul,
  type Op,
  type Sub,
  type Tensor,
  type TensorId,
  tensorOf,
  type Unary,
} from '#libs/model/ir';
import { isClampFunction } from '#libs/model/quant';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { gradientFlow } from './gradient-flow';
import { trainedLayers, type TrainingScheme } from './trained-layers';

/** Both operands are as large as the sum: its kernel keeps a mask itself. */
const isEven = (graph: Graph, op: Add): boolean =>
  op.inputs.every((id) => tensorOf(graph, id).shape.join() === tensorOf(graph, op.output).shape.join());

/** What one operator has recorded, and where new tensors go. */
class Recorder {
  readonly draft: GraphDraft;
  constructor(private readonly graph: Graph) {
    this.draft = new GraphDraft(graph);
  }

  /** The operator with what its backward operator will ask for. */
  recorded(op: Op): readonly Op[] {
    if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') return [{ ...op, mask: this.mask(op) }];
    if (op.kind === 'add' && isEven(this.graph, op)) return [{ ...op, mask: this.mask(op) }];
    if (op.kind === 'add' || op.kind === 'sub' || op.kind === 'mul') return [this.clampOf(op), op];
    if (op.kind === 'unary' && isClampFunction(op)) return [this.lookupOf(op), op];
    return op.kind === 'maxPool2d' ? [this.maximumOf(op), op] : [op];
  }

  private clampOf(op: Add | Sub | Mul): Op {
    const { name, inputs, output: of } = op;
    return { kind: 'recordClamp', name: `${name}.record`, inputs, of, output: this.mask(op) };
  }

  private lookupOf(op: Unary): Op {
    const { name, input, output: of } = op;
    return { kind: 'recordLookup', name: `${name}.record`, input, of, output: this.mask(op) };
  }

  private maximumOf({ name, input, output: of }: MaxPool2d): Op {
    const output = this.added(of, `${name}.taps`, 'uint8');
    return { kind: 'recordMaximum', name: `${name}.record`, input, of, output };
  }

  private mask({ name, output }: { readonly name: string; readonly output: TensorId }): TensorId {
    return this.added(output, `${name}.mask`, 'mask');
  }

  private added(like: TensorId, name: string, type: Tensor['type']): TensorId {
    const { shape } = tensorOf(this.graph, like);
    return this.draft.add({ name, type, shape, role: 'activation' });
  }
}

/**
 * Lets every operator that a gradient comes back through keep what its gradient depends on: one bit an element where a clamp
 * acted or not (N2, G3), a byte an output of a pool that took the largest (G7).
 * Before: y = conv2d(...). After: y, y.mask = conv2d(...), for convolutions and ADDs on the gradient's way; others get an operator
 * that records, before themselves, since they may overwrite what they read.
 * Keeps: all outputs.
 */
export const addMasks = (scheme: TrainingScheme): Pass => ({
  name: 'add-masks',
  run: (graph: Graph): Graph => {
    const flow = gradientFlow(graph, trainedLayers(graph, scheme));
    const recorder = new Recorder(graph);
    const ops = graph.ops.flatMap((op) =>
      'output' in op && flow.has(op.output) ? recorder.recorded(op) : [op],
    );
    return recorder.draft.finish(ops);
  },
});
