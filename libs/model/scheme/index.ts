/**
 * Sparse schemes: what a device trains, and which of them fits it.
 *
 * Owns: the encoding of a scheme (MCUNetV3, arXiv 2206.15472), its JSON and its id, the ladder of schemes that a model offers, the
 * field's memory accounting, and the search for what to train under a budget (search/).
 * The ladder is no choice but names: landmarks that people compare by (`plan`, `size`, the benches), and the least that evaluates.
 * Invariant: a scheme of a model's ladder can be trained on it (`trainingGraph` accepts it); equal ids mean equal
 * layouts of state and delta on the same model.
 *
 * @example
 * const graph = inference;
 * const { best } = searchScheme({ graph, contributions: structuralContributions(graph), arenaBytes }, peakOf);
 */
export { parseScheme, schemeToJson, type SparseScheme } from './sparse-scheme';
export { schemeId } from './scheme-id';
export { schemeLadder } from './ladder';
export { blocksOf } from './blocks';
export {
  type SchemeAccounting,
  schemeAccounting,
  type TrainedParameters,
  trainedParameters,
} from './accounting';
export { type DefaultRates, defaultRates } from './default-rates';
export { namedScheme, SCHEME_NAMES, type SchemeName } from './named-schemes';
export * from './search';
export type { SchemeFault, SchemeFaultCode } from '#libs/model/passes';
