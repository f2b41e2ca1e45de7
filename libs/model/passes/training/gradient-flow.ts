import {
  elementCount,
  type Graph,
  headLayerOf,
  isBackward,
  isLayer,
  layersOf,
  type Op,
  type OpKind,
  ruleOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { at } from '#libs/base/result';
import { isTrainedLayer } from './layer-numbers';
import { hasOperandGradients } from './operand-gradients';
import { type SchemeFault, schemeFault } from './scheme-fault';
import type { TrainedLayers } from './trained-layers';

/** Tensors of the forward half whose gradient the step must know: what a trained layer reaches and what reaches the loss. */
export type GradientFlow = ReadonlySet<TensorId>;

/** Activations that an operator computes with (parameters left out). */
export const dataInputs = (op: Op): readonly TensorId[] => {
  if ('inputs' in op) return op.inputs;
  return 'input' in op ? [op.input] : [];
};

/** Where gradients begin: the features of a classifier's head, the output of every other network. */
export function lossTensor(graph: Graph): TensorId {
  const head = headLayerOf(graph);
  return head === undefined ? at(graph.outputs, 0) : at(layersOf(graph), head).input;
}

/** The operators between the input and the tensor with which gradients begin. */
export function backboneOf(graph: Graph): readonly Op[] {
  const head = headLayerOf(graph);
  const forward = graph.ops.filter((op) => !isBackward(op));
  return head === undefined ? forward : forward.slice(0, forward.indexOf(at(layersOf(graph), head)));
}

function reached(graph: Graph, backbone: readonly Op[], trained: TrainedLayers): ReadonlySet<TensorId> {
  const tensors = new Set<TensorId>();
  for (const op of backbone) {
    const isReached = dataInputs(op).some((id) => tensors.has(id)) || isTrainedLayer(graph, op, trained);
    if (isReached && 'output' in op) tensors.add(op.output);
  }
  return tensors;
}

/** Tensors that the loss depends on. */
function seen(graph: Graph, backbone: readonly Op[]): ReadonlySet<TensorId> {
  const tensors = new Set<TensorId>([lossTensor(graph)]);
  for (const op of backbone.toReversed()) {
    if ('output' in op && tensors.has(op.output)) for (const id of dataInputs(op)) tensors.add(id);
  }
  return tensors;
}

export function gradientFlow(graph: Graph, trained: TrainedLayers): GradientFlow {
  const backbone = backboneOf(graph);
  const depended = seen(graph, backbone);
  return new Set([...reached(graph, backbone, trained)].filter((id) => depended.has(id)));
}

const fault = (op: Op, why: string): SchemeFault =>
  schemeFault('scheme.not-trainable', `${op.name} (${op.kind}) ${why}`, { operator: op.name });

const LAYERS: ReadonlySet<OpKind> = new Set<OpKind>(['conv2d', 'depthwiseConv2d', 'fullyConnected']);

/** Taps of a window that a byte can tell apart (G7). */
const MOST_TAPS = 256;
/** Pixels of a window whose 1/n is computed in 32 bits (G6). */
const MOST_AVERAGED = 16_384;

function windowFault(op: Op): SchemeFault | undefined {
  if (op.kind !== 'maxPool2d' && op.kind !== 'averagePool2d') return undefined;
  const pixels = op.kernel.height * op.kernel.width;
  const most = op.kind === 'maxPool2d' ? MOST_TAPS : MOST_AVERAGED;
  return pixels > most
    ? fault(op, `has a window of ${pixels} pixels; gradients are taken through at most ${most}`)
    : undefined;
}

function operatorFault(graph: Graph, op: Op): SchemeFault | undefined {
  if (!LAYERS.has(op.kind) && !hasOperandGradients(op)) return fault(op, 'cannot be back-propagated');
  if (isLayer(op) && op.bias === undefined) return fault(op, 'has no bias to train');
  const operands = [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)];
  const empty = operands.find((id) => elementCount(tensorOf(graph, id).shape) === 0);
  if (empty !== undefined) return fault(op, 'has an operand without elements');
  return windowFault(op);
}

/** Why the gradients of `flow` cannot be computed, if they cannot; the operator is named. */
export function flowFault(graph: Graph, flow: GradientFlow, trained: TrainedLayers): SchemeFault | undefined {
  for (const op of backboneOf(graph)) {
    if (!('output' in op)) continue;
    if (flow.has(op.output)) {
      const found = operatorFault(graph, op);
      if (found) return found;
    } else if (isTrainedLayer(graph, op, trained)) {
      return fault(op, 'leads nowhere that the loss depends on');
    }
  }
  return undefined;
}
