import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import type { Graph } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import {
  type Candidate,
  type Contributions,
  namedScheme,
  schemeId,
  type SparseScheme,
  searchScheme,
  structuralContributions,
} from '#libs/model/scheme';
import type { FeatureRoom } from './frozen-prefix';
import { arenaBytesOf, type PlannedStep, planStep } from './plan-training';

/** What limits a choice beside the board's SRAM. */
export interface SearchLimits {
  /** Of an encoded delta, as estimated. */
  readonly uploadBytes?: number;
}

/** The answer of a search: the step, placed, and why it is this one. */
export interface SearchedStep extends PlannedStep {
  readonly candidate: Candidate;
  readonly contributions: Contributions;
  /** Schemes that were planned to find it. */
  readonly plans: number;
}

/** Good enough for the lower bound. */
const AT_ONCE = { tries: 0, looks: 0 } as const;

/**
 * Planned peaks, each scheme planned once as far as possible: a plan that fits answers for every budget from its peak on; one that
 * went beyond its budget took all that could be saved, so it answers for every budget below its peak (or bound).
 */
export class PlannedPeaks {
  private readonly known = new Map<number, { readonly peakBytes: number; readonly fits: boolean }>();

  /** @param cache of the steps */
  constructor(
    private readonly inference: Graph,
    private readonly cache?: FeatureRoom,
  ) {}

  /**
   * The peak of a step planned for `budgetBytes`, or a lower bound of it that is above the budget already.
   * Throws for a scheme that the graph can't train.
   */
  peakBytes(scheme: SparseScheme, budgetBytes: number): number {
    const id = schemeId(scheme);
    const known = this.known.get(id);
    if (known && known.fits === known.peakBytes <= budgetBytes) return known.peakBytes;
    const peakBytes = this.planned(scheme, budgetBytes);
    this.known.set(id, { peakBytes, fits: peakBytes <= budgetBytes });
    return peakBytes;
  }

  private planned(scheme: SparseScheme, budgetBytes: number): number {
    const quick = this.step(scheme, { ...AT_ONCE, optimize: 'speed', budgetBytes });
    if (quick.plan.lowerBoundBytes > budgetBytes) return quick.plan.lowerBoundBytes;
    if (arenaBytesOf(quick) <= budgetBytes) return arenaBytesOf(quick);
    return arenaBytesOf(this.step(scheme, { optimize: 'speed', budgetBytes }));
  }

  private step(scheme: SparseScheme, request: Parameters<typeof planStep>[2]): PlannedStep {
    const step = planStep(this.inference, scheme, { ...request, cache: this.cache });
    if (!step.ok) throw new Error(`${scheme.name} can be trained, but: ${step.error.message}`);
    return step.value;
  }
}

/** What a search may know and must keep to. */
export interface SearchOptions {
  /** Default: by structure, so that every version of a model gets the same answer. */
  readonly contributions?: Contributions;
  readonly limits?: SearchLimits;
  /** What sessions can keep beside a sample (`planStep`); default: nothing. */
  readonly cache?: FeatureRoom | undefined;
  /** Shared by searches of the same model under several budgets, with the same cache. */
  readonly peaks?: PlannedPeaks;
}

/**
 * The scheme of the largest expected gain whose whole step fits the board, planned (`searchScheme`). Its name tells what it reaches: `searched-kN`.
 * Refused: `program.does-not-fit` (by how much, and the least budget that would do), `scheme.not-trainable`,
 * `scheme.upload-too-small`.
 */
export function searchTraining(
  inference: Graph,
  board: Board,
  {
    contributions = structuralContributions(inference),
    limits = {},
    cache,
    peaks = new PlannedPeaks(inference, cache),
  }: SearchOptions = {},
): Result<SearchedStep> {
  const head = namedScheme(inference, 'last');
  const untrainable = trainabilityFault(inference, head);
  if (untrainable) return err(untrainable);
  const arenaBytes = arenaBudget(board);
  const { best, plans } = searchScheme({ graph: inference, contributions, arenaBytes, ...limits }, (scheme) =>
    peaks.peakBytes(scheme, arenaBytes),
  );
  if (!best) return err(nothingFits(inference, board, limits, peaks));
  const candidate = { ...best, scheme: { ...best.scheme, name: schemeName(best.scheme) } };
  const step = planStep(inference, candidate.scheme, { optimize: 'speed', budgetBytes: arenaBytes, cache });
  return step.ok ? ok({ ...step.value, candidate, contributions, plans }) : step;
}

/**
 * What a board trains of a model where nobody says otherwise: the search's answer by structure, so that all versions of a model get the same program.
 * Refused: as `searchTraining` refuses.
 */
export const planTraining = (
  inference: Graph,
  board: Board,
  options: Pick<SearchOptions, 'cache'> = {},
): Result<PlannedStep> => searchTraining(inference, board, options);

/** As schemes of the ladder are called where they are the same: `last`, `full`; else by reach and number of layers. */
function schemeName({ biasLayers, weightLayers }: SparseScheme): string {
  if (biasLayers === 0) return 'last';
  return weightLayers.length === 0
    ? `bias-k${biasLayers}`
    : `searched-k${biasLayers}-w${weightLayers.length}`;
}

function nothingFits(
  inference: Graph,
  board: Board,
  { uploadBytes }: SearchLimits,
  peaks: PlannedPeaks,
): ReturnType<typeof fault> {
  const arenaBytes = arenaBudget(board);
  const peakBytes = peaks.peakBytes(namedScheme(inference, 'last'), arenaBytes);
  if (peakBytes > arenaBytes)
    return fault('program.does-not-fit', sramShortage(inference.name, board, peakBytes));
  return fault(
    'scheme.upload-too-small',
    `${inference.name}: even the difference of the head alone takes more than the ${uploadBytes ?? 0} bytes that may be uploaded`,
  );
}
