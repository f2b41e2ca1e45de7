import { at, err, type Fault, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import type { Graph } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import {
  type Candidate,
  type Contributions,
  gainOf,
  headCost,
  namedScheme,
  partsOf,
  schemeLadder,
  type SearchProgress,
  searchScheme,
  type SparseScheme,
  structuralContributions,
  trainedLayersOf,
  uploadOf,
} from '#libs/model/scheme';
import type { FeatureRoom } from './frozen-prefix';
import { PlannedPeaks } from './planned-peaks';
import { arenaBytesOf, type GradientChoice, type PlannedStep, planStep } from './plan-training';

/** What limits a choice beside the board's SRAM. */
export interface SearchLimits {
  /** Of an encoded delta, as estimated. */
  readonly uploadBytes?: number;
  /** No scheme that trains more layers (`trainedLayersOf`). */
  readonly trainedLayers?: number;
}

/** The answer of a search: the step, placed, and why it is this one. */
export interface SearchedStep extends PlannedStep {
  readonly candidate: Candidate;
  readonly contributions: Contributions;
  /** Schemes that were planned to find it. */
  readonly plans: number;
}

/** What a search may know and must keep to. */
export interface SearchOptions {
  /** Default: by structure, so that every version of a model gets the same answer. */
  readonly contributions?: Contributions;
  readonly limits?: SearchLimits;
  /** What sessions can keep beside a sample (`planStep`); default: nothing. */
  readonly cache?: FeatureRoom | undefined;
  /** As what gradients are stored (`planStep`); default: int16. */
  readonly gradients?: GradientChoice | undefined;
  /** Shared by searches of the same model under several budgets, with the same cache and gradients. */
  readonly peaks?: PlannedPeaks;
  /** Told after every plan of a search. */
  readonly planned?: ((progress: SearchProgress) => void) | undefined;
}

/** What a search found for a board, before a choice. */
export interface FoundSchemes {
  readonly inference: Graph;
  readonly board: Board;
  /** All that was searched with. */
  readonly options: SearchOptions & Required<Pick<SearchOptions, 'contributions' | 'limits' | 'peaks'>>;
  /** At least one; each fits the board, by falling gain. */
  readonly candidates: readonly Candidate[];
  /** Schemes that were planned. */
  readonly plans: number;
}

/**
 * Schemes whose whole step fits the board, the one of the largest expected gain first (`searchScheme`). Names tell what they reach: `searched-kN-wM`.
 * Refused: `program.does-not-fit` (by how much, and the least budget that would do), `scheme.not-trainable`,
 * `scheme.upload-too-small` (by how much).
 */
export function findSchemes(
  inference: Graph,
  board: Board,
  {
    contributions = structuralContributions(inference),
    limits = {},
    cache,
    gradients,
    peaks = new PlannedPeaks(inference, { cache, gradients }),
    planned,
  }: SearchOptions = {},
): Result<FoundSchemes> {
  const head = namedScheme(inference, 'last');
  const untrainable = trainabilityFault(inference, head);
  if (untrainable) return err(untrainable);
  const arenaBytes = arenaBudget(board);
  const request = { graph: inference, contributions, arenaBytes, planned, ...limits };
  const { fitting, plans } = searchScheme(request, (scheme) => peaks.peak(scheme, arenaBytes));
  if (fitting.length === 0) return err(nothingFits(inference, board, limits, cache));
  const candidates = fitting.map((candidate): Candidate => {
    const { scheme } = candidate;
    return { ...candidate, scheme: { ...scheme, name: schemeName(scheme) } };
  });
  return ok({
    inference,
    board,
    options: { contributions, limits, cache, gradients, peaks },
    candidates,
    plans,
  });
}

/** Rungs of the model's ladder that fit the board and the limits, too, by falling gain, `count` at most: they keep their names. */
export function fittingRungs(
  { inference, board, options }: FoundSchemes,
  count = Infinity,
): readonly Candidate[] {
  const arenaBytes = arenaBudget(board);
  const { contributions, limits, peaks } = options;
  const { uploadBytes = Infinity, trainedLayers = Infinity } = limits;
  const rungs = schemeLadder(inference)
    .flatMap((scheme) => {
      const parts = partsOf(inference, contributions, scheme);
      const isSmall =
        parts !== undefined &&
        uploadOf(inference, parts) <= uploadBytes &&
        trainedLayersOf(parts) <= trainedLayers;
      return isSmall ? [{ ...parts, scheme, gain: gainOf(parts) }] : [];
    })
    .sort((a, b) => b.gain - a.gain);
  const fitting: Candidate[] = [];
  for (const rung of rungs) {
    if (fitting.length >= count) break;
    const { peakBytes } = peaks.peak(rung.scheme, arenaBytes);
    if (peakBytes <= arenaBytes) fitting.push({ ...rung, peakBytes });
  }
  return fitting;
}

/** The step of a scheme that was found, planned for the board. */
export function searchedStep(
  { inference, board, options, plans }: FoundSchemes,
  candidate: Candidate,
): Result<SearchedStep> {
  const { contributions, cache, gradients, peaks } = options;
  const { scheme } = candidate;
  const budgetBytes = arenaBudget(board);
  const request = { optimize: 'speed', budgetBytes, cache, gradients, known: peaks.known } as const;
  const step = planStep(inference, scheme, request);
  return step.ok ? ok({ ...step.value, candidate, contributions, plans }) : step;
}

/** The scheme of the largest expected gain, planned. Refused: as `findSchemes` refuses. */
export function searchTraining(
  inference: Graph,
  board: Board,
  options: SearchOptions = {},
): Result<SearchedStep> {
  const found = findSchemes(inference, board, options);
  if (!found.ok) return found;
  return searchedStep(found.value, at(found.value.candidates, 0));
}

/**
 * What a board trains of a model where nobody says otherwise: the search's answer by structure, so that all versions of a model get the same program.
 * Refused: as `searchTraining` refuses.
 */
export const planTraining = (
  inference: Graph,
  board: Board,
  options: Pick<SearchOptions, 'cache' | 'gradients'> = {},
): Result<PlannedStep> => searchTraining(inference, board, options);

/** As schemes of the ladder are called where they are the same: `last`, `full`; else by reach and number of layers. */
function schemeName({ biasLayers, weightLayers }: SparseScheme): string {
  if (biasLayers === 0) return 'last';
  return weightLayers.length === 0
    ? `bias-k${biasLayers}`
    : `searched-k${biasLayers}-w${weightLayers.length}`;
}

/** Not even the head: what it takes is what a session with it would be refused for. */
function nothingFits(
  inference: Graph,
  board: Board,
  { uploadBytes = Infinity }: SearchLimits,
  cache?: FeatureRoom,
): Fault {
  const budgetBytes = arenaBudget(board);
  const head = planStep(inference, namedScheme(inference, 'last'), { optimize: 'speed', budgetBytes, cache });
  if (!head.ok) return head.error;
  const arenaBytes = arenaBytesOf(head.value);
  if (arenaBytes > budgetBytes)
    return fault('program.does-not-fit', sramShortage(inference.name, board, arenaBytes));
  const needed = Math.ceil(headCost(inference).uploadBytes);
  return fault(
    'scheme.upload-too-small',
    `${inference.name}: the difference of the head alone takes ${needed} bytes, as estimated, ${needed - uploadBytes} more ` +
      `than the ${uploadBytes} that may be uploaded`,
  );
}
