/**
 * The search for what to train: the scheme of the largest expected gain that a device can hold.
 *
 * Owns: what parts of a model gain (`Contributions`: measured elsewhere, or by structure), what they cost, the exact knapsack over them, the
 * search against planned peaks, and why the answer is as it is.
 * Invariant: pure and deterministic; what is found can be trained on the graph.
 *
 * @example
 * const found = searchScheme({ graph, contributions: structuralContributions(graph), arenaBytes }, peakOf);
 */
export {
  type Contributions,
  contributionsFrom,
  type ContributionSource,
  type GainPoint,
  type RatioGain,
  SEARCHED_RATIOS,
} from './contributions';
export { type Energies, gradientContributions } from './from-gradients';
export { bestSelection, type KnapsackOption, type Selection } from './knapsack';
export {
  type BiasPart,
  gainOf,
  headCost,
  type PartCost,
  type Parts,
  partsOf,
  trainedLayersOf,
  UPLOAD_BITS,
  uploadOf,
  type WeightPart,
} from './parts';
export {
  type Candidate,
  type Peak,
  type PeakOf,
  type Searched,
  type SearchProgress,
  searchScheme,
  type SearchRequest,
} from './search';
export { structuralContributions } from './structure';
export { nextInLine, type NextInLine, type Reason, reasonsOf } from './explain';
