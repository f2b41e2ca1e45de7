import {
  type AveragePool2d,
  type Conv2d,
  elementCount,
  type FullyConnected,
  type Graph,
  isLayer,
  type Op,
  producerOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { err, ok, type Result } from '#libs/base/result';
import { type SchemeFault, schemeFault } from './scheme-fault';

/** The end of a network that can become a wide head (N2): global average pool, perhaps reshapes, a dense layer. */
export interface Classifier {
  readonly pool: AveragePool2d;
  /** The layer that becomes the head. */
  readonly dense: FullyConnected | Conv2d;
  readonly bias: TensorId;
  readonly classes: number;
  /** Position of `dense` in `graph.ops`: everything after it (reshapes, softmax) is dropped from a training graph. */
  readonly position: number;
}

const MOST_CLASSES = 256;

const notTrainable = (op: Op, why: string): { readonly ok: false; readonly error: SchemeFault } =>
  err(schemeFault('scheme.not-trainable', `${op.name} (${op.kind}) ${why}`, { operator: op.name }));

const isOnePixel = (graph: Graph, id: TensorId): boolean => {
  const { shape } = tensorOf(graph, id);
  return elementCount(shape) === shape.at(-1);
};

/** A dense layer over one vector: fully connected, or a 1x1 convolution of a 1x1 map. */
function isDense(graph: Graph, op: Op): op is FullyConnected | Conv2d {
  if (op.kind === 'fullyConnected') return isOnePixel(graph, op.output);
  if (op.kind !== 'conv2d') return false;
  const [, height, width] = tensorOf(graph, op.weights).shape;
  return height === 1 && width === 1 && isOnePixel(graph, op.input);
}

/** The operator behind `id`, reshapes skipped. */
export function sourceOf(graph: Graph, id: TensorId): Op | undefined {
  const producer = producerOf(graph, id);
  return producer?.kind === 'reshape' ? sourceOf(graph, producer.input) : producer;
}

function isGlobal(graph: Graph, pool: AveragePool2d): boolean {
  const [, height, width] = tensorOf(graph, pool.input).shape;
  const { top, bottom, left, right } = pool.window.padding;
  return pool.kernel.height === height && pool.kernel.width === width && top + bottom + left + right === 0;
}

/** Finds the classifier of an inference graph, or says which operator stands in the way. */
export function classifierOf(graph: Graph): Result<Classifier, SchemeFault> {
  if (graph.inputs.length !== 1)
    return err(
      schemeFault(
        'scheme.not-trainable',
        `${graph.name} has ${graph.inputs.length} inputs; training reads one`,
      ),
    );
  const transposed = graph.ops.find((op) => op.kind === 'transposeConv2d');
  if (transposed)
    return notTrainable(transposed, 'has no trained counterpart; layers before and behind it neither');
  const position = graph.ops.findLastIndex(isLayer);
  const dense = graph.ops[position];
  if (!dense) return err(schemeFault('scheme.not-trainable', `${graph.name} has no layer to train`));
  const tail = graph.ops.slice(position + 1).find((op) => op.kind !== 'reshape' && op.kind !== 'softmax');
  if (tail) return notTrainable(tail, 'follows the last layer; only a softmax may');
  if (!isDense(graph, dense))
    return notTrainable(dense, 'is the last layer, but no dense classifier of one vector');
  const classes = elementCount(tensorOf(graph, dense.output).shape);
  if (dense.activation !== 'none')
    return notTrainable(dense, `has activation ${dense.activation}; a head has none`);
  if (dense.bias === undefined) return notTrainable(dense, 'has no bias to train');
  if (classes < 2 || classes > MOST_CLASSES)
    return notTrainable(dense, `has ${classes} classes; 2 to 256 can be trained`);
  const pool = sourceOf(graph, dense.input);
  if (pool?.kind === 'mean')
    return notTrainable(
      pool,
      'rounds unlike a global AVERAGE_POOL_2D, which training needs; export that instead',
    );
  if (pool?.kind !== 'averagePool2d' || !isGlobal(graph, pool)) {
    return notTrainable(dense, 'does not follow a global average pool');
  }
  return ok({ pool, dense, bias: dense.bias, classes, position });
}
