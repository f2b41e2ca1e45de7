/**
 * From a model to a program as text: the way of main job steps 1 to 6 in one call each.
 *
 * Owns: the order import → passes → scheme → training graph → plan → C, and nothing of what those steps decide.
 * Invariant: a program's plan fits the arena budget of the board that it was made for.
 *
 * @example
 * const inference = inferenceGraph(bytes, 'kws-digits');
 * const program = inference.ok && trainingProgram(inference.value, board);
 */
export {
  type ImportedModel,
  importedModel,
  inferenceGraph,
  type InputQuantisation,
  inputQuantisation,
  toldModel,
  useOf,
} from './inference-graph';
export {
  type InferenceOptions,
  type InferenceProgram,
  inferenceProgram,
  type Optimize,
} from './inference-program';
export { fileWithHead } from './with-head';
export { featureBytesOf, type FeatureRoom, layersIn, type PlannedPrefix, roomOn } from './frozen-prefix';
export {
  arenaBytesOf,
  type GradientChoice,
  planLadder,
  planStep,
  type PlannedStep,
  type StepRequest,
} from './plan-training';
export { PlannedPeaks } from './planned-peaks';
export {
  findSchemes,
  fittingRungs,
  type FoundSchemes,
  planTraining,
  type SearchedStep,
  searchedStep,
  type SearchLimits,
  type SearchOptions,
  searchTraining,
} from './scheme-search';
export {
  evaluationProgram,
  type LinkedTrainingProgram,
  stepProgram,
  trainingProgram,
  type TrainingProgram,
  written,
  writtenWithParameters,
} from './programs';
