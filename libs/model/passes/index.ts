/**
 * Passes: a graph in, a better or larger graph out.
 *
 * Owns: the normal form of inference graphs (`INFERENCE_PASSES`) and the graph of one training step (`trainingGraph`),
 * built from the same operators that the planner places, the reference executes and codegen emits.
 * Invariant: after every pass `checkGraph` finds nothing, and ids of surviving tensors stay what they were.
 * Passes: PASSES.md.
 *
 * @example
 * const inference = runPasses(imported, INFERENCE_PASSES);
 * const training = trainingGraph(inference, { name: 'last', biasLayers: 0, weightLayers: [] });
 */
export { type Pass, runPasses } from './pass';
export { INFERENCE_PASSES } from './inference';
export { dropConstantChannels } from './inference/drop-constant-channels';
export { foldPadding } from './inference/fold-padding';
export { stripFloatBoundary } from './inference/strip-float-boundary';
export { type SchemeFault, schemeFault, type SchemeFaultCode } from './training/scheme-fault';
export {
  type LayerRatio,
  trainedChannels,
  trainedLayers,
  type TrainedLayers,
  type TrainingScheme,
} from './training/trained-layers';
export { type CutStep, cutStep, type PrefixCut, prefixCuts } from './training/frozen-prefix';
export { compactGradients, compactGradientsBut, poolGradients } from './training/compact-gradients';
export { narrowGradients } from './training/narrow-gradients';
export {
  denseHeadOf,
  type HeadFault,
  type HeadFaultCode,
  headFault,
  type HeadWish,
  MOST_CLASSES,
  type NewHead,
  newHeadOf,
  withNewHead,
} from './head';
export { classifierOf, type Classifier, endingFault } from './training/classifier';
export {
  trainabilityFault,
  trainingGraph,
  type TrainingOptions,
  trainingPasses,
} from './training/training-graph';
