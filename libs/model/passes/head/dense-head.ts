import {
  type Conv2d,
  type Dequantize,
  elementCount,
  type FullyConnected,
  type Graph,
  isLayer,
  type Op,
  type Reshape,
  type Softmax,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { ok, type Result } from '#libs/base/result';
import { type HeadFault, headFault } from './head-fault';

/** What may stand behind a head. The DEQUANTIZE is that of a file's float boundary. */
export type TailOp = Reshape | Softmax | Dequantize;

/** The dense layer that a network ends in, trainable or not: 1,000 classes can't be trained, but replaced by ten. */
export interface DenseHead {
  readonly dense: FullyConnected | Conv2d;
  /** Elements of its output. */
  readonly outputs: number;
  /** Elements of the vector that it reads. */
  readonly features: number;
  /** The operators behind it, in order. */
  readonly tail: readonly TailOp[];
}

const isVector = (graph: Graph, id: TensorId): boolean => {
  const { shape, type } = tensorOf(graph, id);
  return type === 'int8' && elementCount(shape) === shape.at(-1);
};

/** Fully connected, or a 1x1 convolution of a 1x1 map. */
function isDense(graph: Graph, op: Op): op is FullyConnected | Conv2d {
  if (op.kind === 'fullyConnected') return isVector(graph, op.output);
  if (op.kind !== 'conv2d') return false;
  const [, height, width] = tensorOf(graph, op.weights).shape;
  return height === 1 && width === 1 && isVector(graph, op.input) && isVector(graph, op.output);
}

const isTail = (op: Op): op is TailOp =>
  op.kind === 'reshape' || op.kind === 'softmax' || op.kind === 'dequantize';

/** The head of an inference graph, as imported or in its normal form. Refused: `head.no-dense`. */
export function denseHeadOf(graph: Graph): Result<DenseHead, HeadFault> {
  const position = graph.ops.findLastIndex(isLayer);
  const dense = graph.ops[position];
  if (!dense) return headFault('head.no-dense', `${graph.name} has no layer with weights`);
  if (!isDense(graph, dense))
    return headFault(
      'head.no-dense',
      `${graph.name} ends in ${dense.name} (${dense.kind}), which is no dense layer of one int8 vector`,
    );
  const outputs = elementCount(tensorOf(graph, dense.output).shape);
  const tail: TailOp[] = [];
  for (const op of graph.ops.slice(position + 1)) {
    if (!isTail(op) || !tensorOf(graph, op.output).shape.includes(outputs))
      return headFault(
        'head.no-dense',
        `${op.name} (${op.kind}) follows the last layer ${dense.name}; only a softmax may`,
      );
    tail.push(op);
  }
  return ok({ dense, outputs, features: tensorOf(graph, dense.weights).shape.at(-1) ?? 0, tail });
}
