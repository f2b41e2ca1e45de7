import type { Graph } from './graph';
import { isBackward, isRecorder, type Op, ruleOf } from './ops';
import type { TensorId } from './tensor';

/** The operator that writes `id`; undefined for inputs, constants and variables. */
export const producerOf = (graph: Graph, id: TensorId): Op | undefined =>
  graph.ops.find((op) => ruleOf(op).outputs(op).includes(id));

/** Operators that read `id`, in execution order. */
export const consumersOf = (graph: Graph, id: TensorId): readonly Op[] =>
  graph.ops.filter((op) => ruleOf(op).inputs(op).includes(id));

/** Operators of the forward half that read `id`, in execution order; what only records something for the backward half left out. */
export const forwardConsumersOf = (graph: Graph, id: TensorId): readonly Op[] =>
  consumersOf(graph, id).filter((op) => !isBackward(op) && !isRecorder(op));
