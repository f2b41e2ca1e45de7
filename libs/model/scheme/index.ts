/**
 * Sparse schemes: what a device trains, and which of them fits it.
 *
 * Owns: the encoding of a scheme (MCUNetV3, arXiv 2206.15472), its JSON and its id, the ladder of schemes that a model offers, the
 * field's memory accounting and the choice under a budget.
 * Invariant: a scheme of a model's ladder can be trained on it (`trainingGraph` accepts it); equal ids mean equal
 * layouts of state and delta on the same model.
 *
 * @example
 * const ladder = schemeLadder(inference);
 * const chosen = chooseScheme(ladder, (scheme) => planOf(inference, scheme).peakBytes, board.sramBytes);
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
export { chooseScheme } from './choose-scheme';
export type { SchemeFault, SchemeFaultCode } from '#libs/model/passes';
