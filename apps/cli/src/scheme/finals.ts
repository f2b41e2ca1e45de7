import { at, ok, type Result } from '#libs/base/result';
import { type Candidate, defaultRates, schemeId } from '#libs/model/scheme';
import type { Terminal } from '../command';
import { meanOf, type MeasureRequest, scoresOf } from './measure';
import type { Score } from './worker';

/** Of so many schemes of the search, each of another reach, whole sessions are run. */
export const MOST_SEARCHED = 4;
/** Of so many rungs of the ladder, too. */
export const MOST_RUNGS = 4;
/** The search's own answer and so many of those that did best in a first round are run again. */
const MOST_AGAIN = 2;
/** Times that they are, each with another seed. */
const MORE_SEEDS = 2;
/**
 * Another scheme must be ahead of the search's own by so many standard errors. A few hundred rows of one speaker tell near ties by chance: with the
 * largest mean alone, one speaker's rows took `sparse-b1` at 96 KB, which is .5 points worse on six.
 */
const SURE = 2;

/** A mean over rows. */
export interface Mean {
  readonly mean: number;
  readonly standardError: number;
}

/** A scheme in the last choice. */
export interface Finalist {
  readonly candidate: Candidate;
  /** Sessions, each with a seed of its own. */
  readonly sessions: number;
  /** Probability of the right class, of the rows to test on. */
  readonly probability: Mean;
  /** Of the search's own answer, row by row; 0 of that one. */
  readonly ahead: Mean;
}

/**
 * Who takes part: of the search's schemes the best, and the best of other reaches; and rungs of the ladder. Gains of parts are added
 * up in a search, which leaves out that parts help or hinder each other: a session with all of them does not.
 */
export function finalistsOf(
  searched: readonly Candidate[],
  rungs: readonly Candidate[],
): readonly Candidate[] {
  const isFirst = ({ bias }: Candidate, i: number): boolean =>
    searched.findIndex((other) => other.bias.layers === bias.layers) === i;
  const distinct = searched.filter((each, i) => i === 0 || (each.bias.layers > 0 && isFirst(each, i)));
  const all = [...distinct.slice(0, MOST_SEARCHED), ...rungs.slice(0, MOST_RUNGS)];
  const ids = all.map(({ scheme }) => schemeId(scheme));
  return all.filter((_, i) => ids.indexOf(at(ids, i)) === i);
}

/**
 * Whole sessions with each scheme, at the rates that it will have: one each, then more of those that did best. The one of the largest mean probability
 * of the right class comes first, if it is surely ahead of the search's own; else that one; the others follow by their means.
 * @param candidates the search's own first
 * Refused: as `scoresOf` refuses.
 */
export async function playFinals(
  request: MeasureRequest & { readonly seed: number },
  candidates: readonly Candidate[],
  terminal: Terminal,
): Promise<Result<readonly Finalist[]>> {
  const first = await played(request, asEntries(candidates), [0], terminal);
  if (!first.ok) return first;
  const [own, ...others] = first.value;
  if (!own) return ok([]);
  const ordered = others.toSorted(byMean);
  const seeds = Array.from({ length: MORE_SEEDS }, (_, i) => i + 1);
  const again = await played(request, [own, ...ordered.slice(0, MOST_AGAIN)], seeds, terminal);
  if (!again.ok) return again;
  return ok(ranked(again.value, ordered.slice(MOST_AGAIN)));
}

interface Entry {
  readonly candidate: Candidate;
  readonly scores: readonly Score[];
}

const asEntries = (candidates: readonly Candidate[]): readonly Entry[] =>
  candidates.map((candidate) => ({ candidate, scores: [] }));

/** One session more for each entry and seed. */
async function played(
  request: MeasureRequest & { readonly seed: number },
  entries: readonly Entry[],
  seeds: readonly number[],
  terminal: Terminal,
): Promise<Result<readonly Entry[]>> {
  const runs = entries.flatMap(({ candidate: { scheme } }) =>
    seeds.map((seed) => ({ scheme, rates: defaultRates(scheme), seed: (request.seed + seed) >>> 0 })),
  );
  const scores = await scoresOf(request, runs, terminal);
  if (!scores.ok) return scores;
  return ok(
    entries.map((entry, i): Entry => {
      const more = scores.value.slice(i * seeds.length, (i + 1) * seeds.length);
      return { ...entry, scores: [...entry.scores, ...more] };
    }),
  );
}

/** Of every row its mean over the sessions. */
const byRow = ({ scores }: Entry): Score =>
  at(scores, 0).map((_, row) => meanOf(scores.map((score) => at(score, row))));

const byMean = (a: Entry, b: Entry): number => meanOf(byRow(b)) - meanOf(byRow(a));

/** @param finals the search's own first */
function ranked(finals: readonly Entry[], others: readonly Entry[]): readonly Finalist[] {
  const own = byRow(at(finals, 0));
  const finalistOf = (entry: Entry): Finalist => {
    const rows = byRow(entry);
    return {
      candidate: entry.candidate,
      sessions: entry.scores.length,
      probability: withError(rows),
      ahead: withError(rows.map((each, row) => each - at(own, row))),
    };
  };
  return winnerFirst(finals.map(finalistOf)).concat(others.map(finalistOf));
}

/** The largest mean, if that is surely ahead of the first one's; else the first. The others by their means. */
export function winnerFirst(finalists: readonly Finalist[]): readonly Finalist[] {
  const ordered = finalists.toSorted((a, b) => b.probability.mean - a.probability.mean);
  const [best] = ordered;
  const own = at(finalists, 0);
  const isSure = best !== undefined && best.ahead.mean > SURE * best.ahead.standardError;
  const winner = isSure ? best : own;
  return [winner, ...ordered.filter((each) => each !== winner)];
}

/** A mean and its standard error; of one row nothing is known of the error: 0. */
export function withError(rows: readonly number[]): Mean {
  const mean = meanOf(rows);
  const squares = rows.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const standardError = rows.length < 2 ? 0 : Math.sqrt(squares / (rows.length - 1) / rows.length);
  return { mean, standardError };
}
