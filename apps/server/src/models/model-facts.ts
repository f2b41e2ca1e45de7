import {
  elementCount,
  type Graph,
  graphMacs,
  type Objective,
  objectiveOf,
  parameterCount,
  tensorOf,
} from '#libs/model/ir';
import { classifierOf } from '#libs/model/passes';

/** What people want to know of a model before it runs anywhere. */
export interface ModelFacts {
  readonly inputBytes: number;
  /** Of a model that ends in a classifier. */
  readonly classes: number | null;
  readonly parameters: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** What it learns. */
  readonly objective: Objective;
  /** Why it can't be trained on devices; null where it can. */
  readonly notTrainable: string | null;
}

export function modelFacts(graph: Graph): ModelFacts {
  const classifier = classifierOf(graph);
  return {
    inputBytes: graph.inputs.reduce((sum, id) => sum + elementCount(tensorOf(graph, id).shape), 0),
    classes: classifier.ok ? classifier.value.classes : null,
    parameters: parameterCount(graph),
    macs: graphMacs(graph),
    objective: objectiveOf(graph),
    notTrainable: classifier.ok ? null : classifier.error.message,
  };
}
