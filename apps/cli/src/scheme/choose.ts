import { at, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import {
  findSchemes,
  fittingRungs,
  type FoundSchemes,
  PlannedPeaks,
  type SearchedStep,
  searchedStep,
  type SearchLimits,
  type SearchOptions,
} from '#libs/firmware/program';
import type { Candidate } from '#libs/model/scheme';
import type { Terminal } from '../command';
import { type ContributionRequest, contributionsOf } from './contributions';
import { searchNotes } from './search-notes';
import { type Finalist, finalistsOf, MOST_RUNGS, playFinals } from './finals';
import { bestInFlash, type FlashLimit } from './flash';
import type { Alternative } from './scheme-report';

export interface ChoiceRequest extends ContributionRequest {
  /** Whose budget the step must fit. */
  readonly device: Board;
  readonly limits: SearchLimits;
  readonly flash?: FlashLimit | undefined;
  /** What sessions can keep beside a row. */
  readonly cache?: SearchOptions['cache'];
  /** As what gradients are stored. */
  readonly gradients?: SearchOptions['gradients'];
  /** Other budgets that are searched, too: SRAM less or more by so many bytes. */
  readonly others?: readonly number[];
}

/** A scheme, chosen, and what speaks for it. */
export interface ChosenScheme {
  readonly answer: SearchedStep;
  /** Schemes that were run as whole sessions before the choice; empty: none were. */
  readonly finals: readonly Finalist[];
  readonly alternatives: readonly Alternative[];
  /** Of the linked session, where that was limited. */
  readonly flashBytes: number | undefined;
}

/**
 * The scheme for a device. Gains are found, the knapsack is solved; where gains are measured, the best few schemes and rungs of the ladder
 * then run whole sessions, and the best of these is taken; where flash is limited, the best that fits it, for other budgets, too.
 * Refused: as `contributionsOf`, `findSchemes`, `playFinals` and `bestInFlash` refuse.
 */
export async function chooseScheme(
  request: ChoiceRequest,
  terminal: Terminal,
): Promise<Result<ChosenScheme>> {
  const { inference, device, limits, cache, gradients, others = [] } = request;
  const contributions = await contributionsOf(request, terminal);
  if (!contributions.ok) return contributions;
  const peaks = new PlannedPeaks(inference, { cache, gradients });
  const planned = searchNotes(terminal);
  const options: SearchOptions = {
    contributions: contributions.value,
    limits,
    cache,
    gradients,
    peaks,
    planned,
  };
  const found = findSchemes(inference, device, options);
  if (!found.ok) return found;
  const finals = await finalsOf(request, found.value, terminal);
  if (!finals.ok) return finals;
  const best = finals.value[0]?.candidate ?? at(found.value.candidates, 0);
  const chosen = await inFlash(request, found.value, best);
  if (!chosen.ok) return chosen;
  const alternatives: Alternative[] = [];
  for (const change of others.filter((bytes) => device.budget.sramBytes + bytes > 0)) {
    const other = await alternative(request, found.value, change, terminal);
    if (!other.ok) return other;
    alternatives.push(other.value);
  }
  return ok({ ...chosen.value, finals: finals.value, alternatives });
}

async function finalsOf(
  { method, evidence, ...request }: ChoiceRequest,
  found: FoundSchemes,
  terminal: Terminal,
): Promise<Result<readonly Finalist[]>> {
  if (method !== 'measured' || evidence.kind !== 'labelled') return ok([]);
  const entrants = finalistsOf(found.candidates, fittingRungs(found, MOST_RUNGS));
  return playFinals({ ...request, rows: evidence.rows }, entrants, terminal);
}

/** The scheme itself where flash is not limited. */
async function inFlash(
  { shop, flash }: ChoiceRequest,
  found: FoundSchemes,
  best: Candidate,
): Promise<Result<Pick<ChosenScheme, 'answer' | 'flashBytes'>>> {
  if (flash) return bestInFlash({ shop, found, flash }, best);
  const answer = searchedStep(found, best);
  return answer.ok ? ok({ answer: answer.value, flashBytes: undefined }) : answer;
}

/** What the search answers for other SRAM, and the same flash. Refused: as `build` refuses. */
async function alternative(
  request: ChoiceRequest,
  { inference, board, options }: FoundSchemes,
  change: number,
  terminal: Terminal,
): Promise<Result<Alternative>> {
  const sramBytes = board.budget.sramBytes + change;
  const nothing = { sramBytes, scheme: null, plannedPeakBytes: null, expectedGain: null };
  const found = findSchemes(inference, withSram(board, sramBytes), {
    ...options,
    planned: searchNotes(terminal),
  });
  if (!found.ok) return ok(nothing);
  const best = at(found.value.candidates, 0);
  if (!request.flash) return ok(asAlternative(sramBytes, best));
  const chosen = await inFlash(request, found.value, best);
  if (chosen.ok)
    return ok({
      ...asAlternative(sramBytes, chosen.value.answer.candidate),
      flashBytes: chosen.value.flashBytes,
    });
  return chosen.error.code === 'scheme.flash-too-small' ? ok(nothing) : chosen;
}

const asAlternative = (sramBytes: number, { scheme, peakBytes, gain }: Candidate): Alternative => ({
  sramBytes,
  scheme,
  plannedPeakBytes: peakBytes,
  expectedGain: gain,
});

/** As if the board had so much in its first region: what if. */
function withSram(board: Board, sramBytes: number): Board {
  const [main, ...others] = board.memory.sram;
  const sram = [{ ...main, bytes: Math.max(main.bytes, sramBytes) }, ...others] as const;
  return { ...board, memory: { ...board.memory, sram }, budget: { ...board.budget, sramBytes } };
}
