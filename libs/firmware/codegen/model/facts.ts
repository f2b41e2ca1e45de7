import { at, invariant } from '#libs/base/result';
import { elementCount, type Graph, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import type { Plan } from '#libs/firmware/planner';
import type { ParameterLayout } from '../parameters/layout';
import type { Places } from './places';
import { sessionLayout } from './variables';

/** The FL_MODEL_* numbers of a generated model (fl_model.h). */
export interface ModelFacts {
  readonly name: string;
  readonly arenaBytes: number;
  readonly inputBytes: number;
  readonly outputOffset: number;
  readonly outputBytes: number;
  readonly parameterBytes: number;
  /** Names the layout of the parameter image. */
  readonly layout: number;
  /** Where the model trains. */
  readonly training?: {
    readonly classes: number;
    readonly scheme: number;
    readonly stateBytes: number;
    readonly deltaBytes: number;
    readonly variables: number;
  };
}

/** The one input and the one output of a generated model. */
export function boundaryOf(graph: Graph): { readonly input: TensorId; readonly output: TensorId } {
  const inputs = graph.inputs.filter((id) => tensorOf(graph, id).role === 'input');
  return { input: at(inputs, 0), output: at(graph.outputs, 0) };
}

export const isTraining = (graph: Graph): boolean =>
  graph.ops.some((op) => op.kind === 'softmaxCrossEntropy');

function trainingFacts(graph: Graph, output: TensorId): NonNullable<ModelFacts['training']> {
  const { scheme, stateBytes, deltaBytes, variables } = sessionLayout(graph);
  return {
    classes: elementCount(tensorOf(graph, output).shape),
    scheme,
    stateBytes,
    deltaBytes,
    variables: variables.length,
  };
}

export function factsOf(graph: Graph, plan: Plan, layout: ParameterLayout, places: Places): ModelFacts {
  const { input, output } = boundaryOf(graph);
  const place = places.of(output);
  invariant(place.in === 'arena', `${graph.name}: the output is not in the arena`);
  return {
    name: graph.name,
    arenaBytes: plan.peakBytes,
    inputBytes: tensorBytes(tensorOf(graph, input)),
    outputOffset: place.offset,
    outputBytes: tensorBytes(tensorOf(graph, output)),
    parameterBytes: layout.bytes,
    layout: layout.id,
    ...(isTraining(graph) ? { training: trainingFacts(graph, output) } : {}),
  };
}
