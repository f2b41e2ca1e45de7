import type { GradientStorage, Graph } from '#libs/model/ir';
import { err, ok, type Result } from '#libs/base/result';
import { type Pass, runPasses } from '../pass';
import { addMasks } from './add-masks';
import { addVariables } from './add-variables';
import { endingFault } from './classifier';
import { differentiate } from './differentiate';
import { flowFault, gradientFlow } from './gradient-flow';
import { narrowGradients } from './narrow-gradients';
import type { SchemeFault } from './scheme-fault';
import { saveInputs } from './save-inputs';
import { splitHead } from './split-head';
import { trainableForm } from './trainable-form';
import { schemeFaultOf, trainedLayers, type TrainingScheme } from './trained-layers';

/** From a normalised inference graph to the graph of one training step, in order. */
export const trainingPasses = (
  scheme: TrainingScheme,
  gradients: GradientStorage = 'int16',
): readonly Pass[] => [
  trainableForm(scheme),
  addVariables(scheme),
  splitHead,
  addMasks(scheme),
  saveInputs(scheme),
  differentiate(scheme),
  ...(gradients === 'int8' ? [narrowGradients] : []),
];

export interface TrainingOptions {
  /** Default: int16. */
  readonly gradients?: GradientStorage;
  /** As in `runPasses`. */
  readonly seen?: (pass: string, graph: Graph) => void;
}

/** Why `scheme` cannot be trained on this graph, if it cannot: far cheaper than building the step. */
export function trainabilityFault(graph: Graph, scheme: TrainingScheme): SchemeFault | undefined {
  const fault = endingFault(graph) ?? schemeFaultOf(graph, scheme);
  if (fault) return fault;
  const trained = trainedLayers(graph, scheme);
  return flowFault(graph, gradientFlow(graph, trained), trained);
}

/**
 * The whole training step of `scheme` on a normalised inference graph: forward, loss, backward and updates, as operators.
 * Its input is the model's, its output the logits of a classifier or what a regressor gives; label and loss are tensors of
 * those roles.
 */
export function trainingGraph(
  inference: Graph,
  scheme: TrainingScheme,
  { gradients, seen }: TrainingOptions = {},
): Result<Graph, SchemeFault> {
  const fault = trainabilityFault(inference, scheme);
  return fault ? err(fault) : ok(runPasses(inference, trainingPasses(scheme, gradients), seen));
}
