import {
  elementCount,
  type Graph,
  graphMacs,
  type Objective,
  objectiveOf,
  outputScaleOf,
  parameterCount,
  tensorOf,
} from '#libs/model/ir';
import { classifierOf, trainabilityFault } from '#libs/model/passes';
import { type Measure, measureOf } from '#libs/model/session';

/** What people want to know of a model before it runs anywhere. */
export interface ModelFacts {
  readonly inputBytes: number;
  /** Of a model that can learn to tell them apart. */
  readonly classes: number | null;
  readonly parameters: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** What it learns. */
  readonly objective: Objective;
  /** What errors of its output are measured in, where it gives numbers. */
  readonly outputScale: number;
  /** Why it can't be trained on devices; null where it can. */
  readonly notTrainable: string | null;
}

/** Counts up when facts of a file are read in another way: models that were registered before are then read again. */
export const FACTS_VERSION = 1;

/** The least that a device can train: the head, or the last layer of a network without one. */
const LEAST = { name: 'last', biasLayers: 0, weightLayers: [] };

export function modelFacts(graph: Graph): ModelFacts {
  const classifier = classifierOf(graph);
  return {
    inputBytes: graph.inputs.reduce((sum, id) => sum + elementCount(tensorOf(graph, id).shape), 0),
    classes: classifier.ok ? classifier.value.classes : null,
    parameters: parameterCount(graph),
    macs: graphMacs(graph),
    objective: objectiveOf(graph),
    outputScale: outputScaleOf(graph),
    notTrainable: trainabilityFault(graph, LEAST)?.message ?? null,
  };
}

/** What tells how good the versions of a model are. */
export const measureOfModel = ({
  objective,
  outputScale,
}: Pick<ModelFacts, 'objective' | 'outputScale'>): Measure => measureOf(objective, outputScale);
