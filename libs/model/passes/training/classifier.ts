import {
  type Conv2d,
  elementCount,
  type FullyConnected,
  type Graph,
  isLayer,
  type Op,
  objectiveOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { err, ok, type Result } from '#libs/base/result';
import { type SchemeFault, schemeFault } from './scheme-fault';

/** The end of a network that can become a wide head (N2): a dense layer of one vector, whatever comes before it. */
export interface Classifier {
  /** The layer that becomes the head. */
  readonly dense: FullyConnected | Conv2d;
  readonly bias: TensorId;
  readonly classes: number;
  /** Position of `dense` in `graph.ops`: everything after it (reshapes, softmax) is dropped from a training graph. */
  readonly position: number;
}

const MOST_CLASSES = 256;
/** So that a sum of squared differences fits 32 bits (G11). */
const MOST_ELEMENTS = 65_535;

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

function inputFault(graph: Graph): SchemeFault | undefined {
  if (graph.inputs.length === 1) return undefined;
  return schemeFault(
    'scheme.not-trainable',
    `${graph.name} has ${graph.inputs.length} inputs; training reads one`,
  );
}

/** Finds the classifier of an inference graph, or says which operator stands in the way. */
export function classifierOf(graph: Graph): Result<Classifier, SchemeFault> {
  const inputs = inputFault(graph);
  if (inputs) return err(inputs);
  const position = graph.ops.findLastIndex(isLayer);
  const dense = graph.ops[position];
  if (!dense) return err(schemeFault('scheme.not-trainable', `${graph.name} has no layer to train`));
  if (objectiveOf(graph) !== 'classify')
    return notTrainable(dense, 'does not tell classes apart, but gives numbers');
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
  return ok({ dense, bias: dense.bias, classes, position });
}

/** Of a network that gives numbers: its last layer is trained as every other, the loss is the mean squared error (G11). */
function regressorFault(graph: Graph): SchemeFault | undefined {
  const inputs = inputFault(graph);
  if (inputs) return inputs;
  const layer = graph.ops.findLast(isLayer);
  if (!layer) return schemeFault('scheme.not-trainable', `${graph.name} has no layer to train`);
  if (graph.outputs.length !== 1)
    return schemeFault(
      'scheme.not-trainable',
      `${graph.name} has ${graph.outputs.length} outputs; training compares one`,
    );
  const strange = [...graph.inputs, ...graph.outputs]
    .map((id) => tensorOf(graph, id))
    .find(({ type, shape }) => type !== 'int8' || elementCount(shape) > MOST_ELEMENTS);
  return (
    strange &&
    schemeFault(
      'scheme.not-trainable',
      `${strange.name} is ${strange.type}[${strange.shape.join(',')}]; errors are measured of at most ${MOST_ELEMENTS} int8`,
    )
  );
}

/** Why the end of this graph has no loss that a step could begin with, if it has none. */
export function endingFault(graph: Graph): SchemeFault | undefined {
  if (objectiveOf(graph) !== 'classify') return regressorFault(graph);
  const classifier = classifierOf(graph);
  return classifier.ok ? undefined : classifier.error;
}
