import {
  type Add,
  type AveragePool2d,
  forwardConsumersOf,
  type Graph,
  isLayer,
  type Op,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { isTrainedLayer } from './layer-numbers';
import { type SchemeFault, schemeFault } from './scheme-fault';
import type { TrainedLayers } from './trained-layers';

/** Tensors of the forward half whose gradient the step must know: outputs of trained layers and all that follows. */
export type GradientFlow = ReadonlySet<TensorId>;

/** Activations that an operator computes with (parameters left out). */
export const dataInputs = (op: Op): readonly TensorId[] => {
  if ('inputs' in op) return op.inputs;
  return 'input' in op ? [op.input] : [];
};

/** The operators between the input and the tensor that is pooled for the head. */
export const backboneOf = (graph: Graph, pool: Op): readonly Op[] =>
  graph.ops.slice(0, graph.ops.indexOf(pool));

/** @param backbone operators in execution order */
export function gradientFlow(graph: Graph, backbone: readonly Op[], trained: TrainedLayers): GradientFlow {
  const flow = new Set<TensorId>();
  for (const op of backbone) {
    const reached = dataInputs(op).some((id) => flow.has(id)) || isTrainedLayer(graph, op, trained);
    if (reached && 'output' in op) flow.add(op.output);
  }
  return flow;
}

const fault = (op: Op, why: string): SchemeFault =>
  schemeFault('scheme.not-trainable', `${op.name} (${op.kind}) ${why}`, { operator: op.name });

/** The backward half of an ADD takes both operands as computed maps of its own shape. */
const isResidual = (graph: Graph, op: Add): boolean =>
  op.inputs.every((id) => {
    const { shape, data } = tensorOf(graph, id);
    return data === undefined && shape.join() === tensorOf(graph, op.output).shape.join();
  });

/** Operators that a gradient can be taken through, each with its own backward operators. */
const hasGradient = (graph: Graph, op: Op): boolean =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || (op.kind === 'add' && isResidual(graph, op));

/**
 * A tensor's gradient is gathered by the input gradients of the layers that read it, each of which can take up one
 * gradient that is already there; so an ADD may read it beside layers only if it comes after them, and alone only if
 * the tensor comes straight from a convolution (whose back scale then is the ADD's, N0).
 */
function gatheringFault(graph: Graph, producer: Op, output: TensorId): SchemeFault | undefined {
  const consumers = forwardConsumersOf(graph, output);
  const adds = consumers.filter((op): op is Add => op.kind === 'add');
  if (consumers.length === 0) return fault(producer, 'leads nowhere');
  const twice = adds.find((op) => op.inputs[0] === op.inputs[1]);
  if (twice) return fault(twice, 'adds a tensor to itself');
  if (adds.length > 1) return fault(producer, 'feeds more than one ADD');
  if (adds.length === 0) return undefined;
  if (consumers.length === 1)
    return producer.kind === 'add' ? fault(producer, 'feeds nothing but another ADD') : undefined;
  return consumers.at(-1)?.kind === 'add'
    ? undefined
    : fault(producer, 'feeds a layer after the ADD that reads it');
}

/** Why the gradients of `flow` cannot be computed, if they cannot; the operator is named. */
export function flowFault(
  graph: Graph,
  backbone: readonly Op[],
  flow: GradientFlow,
  pool: AveragePool2d,
): SchemeFault | undefined {
  for (const op of backbone) {
    if (!('output' in op) || !flow.has(op.output)) continue;
    if (!hasGradient(graph, op)) return fault(op, 'cannot be back-propagated');
    if (isLayer(op) && op.bias === undefined) return fault(op, 'has no bias to train');
    const gathering = gatheringFault(graph, op, op.output);
    if (gathering) return gathering;
  }
  const pooledIsShared = flow.has(pool.input) && forwardConsumersOf(graph, pool.input).length > 1;
  return pooledIsShared ? fault(pool, 'shares its input with another operator') : undefined;
}
