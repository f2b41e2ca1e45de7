import type { CampaignDetails, Execution, Round } from '../../api/types';
import { type Segment, segmentsOf } from '../../charts/status-bar/segments';
import { meanOf } from '../../format/numbers';
import { executionState } from '../state/states';

/** `Round 2 of 3`; the final evaluation has a name of its own. */
export const roundTitle = ({ number, kind }: Pick<Round, 'number' | 'kind'>, rounds: number): string =>
  kind === 'evaluate' ? 'Final evaluation' : `Round ${number} of ${rounds}`;

export const segmentsOfRound = ({ executions }: Round): readonly Segment[] =>
  segmentsOf(executions.map(executionState));

/** Executions that did what the round is for. */
export const doneIn = ({ executions }: Round): number =>
  executions.filter(({ state }) => state === 'stored' || state === 'evaluated').length;

/** Mean over a round's devices of what each told of its own test items. */
export const meanScore = (
  { executions }: Round,
  of: (execution: Execution) => number | null,
): number | undefined => meanOf(executions.map(of));

/** What is still to come, in words; undefined where nothing is. */
export function plannedWords({ state, rounds, roundDetails }: CampaignDetails): string | undefined {
  if (state !== 'running' && state !== 'draft') return undefined;
  const opened = roundDetails.filter(({ kind }) => kind === 'train').length;
  const left = rounds - opened;
  const final = 'the final evaluation';
  if (left <= 0) return `then ${final}`;
  return `then ${left === 1 ? 'one more round' : `${left} more rounds`} and ${final}`;
}

/** Whether the round has what it needs, in words; undefined where there is no such need. */
export function quorumWords(round: Round, quorum: number): string | undefined {
  if (round.kind !== 'train' || round.state === 'committed') return undefined;
  const missing = quorum - doneIn(round);
  if (missing <= 0) return `quorum of ${quorum} reached`;
  return `quorum of ${quorum}: ${missing} more ${missing === 1 ? 'delta' : 'deltas'} needed`;
}
