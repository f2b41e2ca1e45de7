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
import { type Finalist, finalistsOf, MOST_RUNGS, playFinals } from './finals';
import { firstInFlash, type FlashLimit } from './flash';
import type { Alternative } from './scheme-report';

export interface ChoiceRequest extends ContributionRequest {
  /** Whose budget the step must fit. */
  readonly device: Board;
  readonly limits: SearchLimits;
  readonly flash?: FlashLimit | undefined;
  /** What sessions can keep beside a row. */
  readonly cache?: SearchOptions['cache'];
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
 * then run whole sessions, and the best of these is taken; where flash is limited, the first that fits it.
 * Refused: as `contributionsOf`, `findSchemes`, `playFinals` and `firstInFlash` refuse.
 */
export async function chooseScheme(
  request: ChoiceRequest,
  terminal: Terminal,
): Promise<Result<ChosenScheme>> {
  const { inference, device, limits, cache, others = [] } = request;
  const contributions = await contributionsOf(request, terminal);
  if (!contributions.ok) return contributions;
  const peaks = new PlannedPeaks(inference, cache);
  const options: SearchOptions = { contributions: contributions.value, limits, cache, peaks };
  const found = findSchemes(inference, device, options);
  if (!found.ok) return found;
  const alternatives = others
    .filter((change) => device.budget.sramBytes + change > 0)
    .map((change) => alternative(found.value, change));
  const finals = await finalsOf(request, found.value, terminal);
  if (!finals.ok) return finals;
  const order = [...finals.value.map(({ candidate }) => candidate), ...found.value.candidates];
  const chosen = await firstOf(request, found.value, order);
  return chosen.ok ? ok({ ...chosen.value, finals: finals.value, alternatives }) : chosen;
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

async function firstOf(
  { shop, flash }: ChoiceRequest,
  found: FoundSchemes,
  order: readonly Candidate[],
): Promise<Result<Pick<ChosenScheme, 'answer' | 'flashBytes'>>> {
  const best = at(order, 0);
  if (!flash) {
    const answer = searchedStep(found, best);
    return answer.ok ? ok({ answer: answer.value, flashBytes: undefined }) : answer;
  }
  const others = [...order.slice(1), ...fittingRungs(found)].sort((a, b) => b.gain - a.gain);
  return firstInFlash({ shop, found, flash }, [best, ...others]);
}

/** What the search answers for other SRAM. */
function alternative({ inference, board, options }: FoundSchemes, change: number): Alternative {
  const sramBytes = board.budget.sramBytes + change;
  const found = findSchemes(inference, withSram(board, sramBytes), options);
  if (!found.ok) return { sramBytes, scheme: null, plannedPeakBytes: null, expectedGain: null };
  const { scheme, peakBytes, gain } = at(found.value.candidates, 0);
  return { sramBytes, scheme, plannedPeakBytes: peakBytes, expectedGain: gain };
}

/** As if the board had so much in its first region: what if. */
function withSram(board: Board, sramBytes: number): Board {
  const [main, ...others] = board.memory.sram;
  const sram = [{ ...main, bytes: Math.max(main.bytes, sramBytes) }, ...others] as const;
  return { ...board, memory: { ...board.memory, sram }, budget: { ...board.budget, sramBytes } };
}
