import { invariant } from '#libs/base/result';
import type { Execution } from './execution';

export type CampaignStatus =
  'draft' | 'running' | 'evaluating' | 'completed' | 'completedWithFailures' | 'failed' | 'aborted';

/** From each status, the statuses that may follow. */
export const CAMPAIGN_TABLE: { readonly [S in CampaignStatus]: readonly CampaignStatus[] } = {
  draft: ['running', 'aborted'],
  running: ['evaluating', 'failed', 'aborted'],
  evaluating: ['completed', 'completedWithFailures', 'aborted'],
  completed: [],
  completedWithFailures: [],
  failed: [],
  aborted: [],
};

export const isFinalCampaign = (status: CampaignStatus): boolean => CAMPAIGN_TABLE[status].length === 0;

/** A training round is open, then aggregating; an evaluation is only open. */
export type RoundStatus = 'open' | 'aggregating' | 'committed' | 'abandoned';

export const ROUND_TABLE: { readonly [S in RoundStatus]: readonly RoundStatus[] } = {
  open: ['aggregating', 'committed', 'abandoned'],
  aggregating: ['committed', 'abandoned'],
  committed: [],
  abandoned: [],
};

export type RoundPurpose = 'train' | 'evaluate';

export interface Round {
  /** Counts from 1; the final evaluation has the number after the last training round. */
  readonly number: number;
  readonly purpose: RoundPurpose;
  readonly status: RoundStatus;
  /** ms since 1970: when what is still missing is given up. */
  readonly deadlineAt: number;
  /** One for each participant, sorted by device. */
  readonly executions: readonly Execution[];
  /** Of an abandoned round. */
  readonly reason?: string;
}

export interface CampaignPlan {
  /** Training rounds, 1 or more. */
  readonly rounds: number;
  /** Deltas that a round needs to be averaged, 1 or more. */
  readonly quorum: number;
  readonly roundDeadlineMs: number;
  /** For the server's own part: averaging, writing and evaluating a version. */
  readonly aggregationDeadlineMs: number;
}

export interface CampaignState {
  readonly status: CampaignStatus;
  readonly plan: CampaignPlan;
  /** Devices that take part; fixed at the start, those that were retired taken out. Sorted. */
  readonly participants: readonly string[];
  /** The round under way, or the last one. */
  readonly round?: Round;
  /** Rounds that were abandoned and executions that did not succeed, over the whole campaign. */
  readonly failures: number;
  /** Training rounds that made a version. */
  readonly committedRounds: number;
  /** Numbers of the training rounds before `round` that made none. */
  readonly abandonedRounds: readonly number[];
  /** Of a failed or aborted campaign. */
  readonly reason?: string;
}

export const draftCampaign = (plan: CampaignPlan): CampaignState => ({
  status: 'draft',
  plan,
  participants: [],
  failures: 0,
  committedRounds: 0,
  abandonedRounds: [],
});

/** The new status, which the table must allow: anything else is our own mistake. */
export function moved(from: CampaignStatus, to: CampaignStatus): CampaignStatus {
  invariant(from === to || CAMPAIGN_TABLE[from].includes(to), `a campaign does not go from ${from} to ${to}`);
  return to;
}

/** The round in its next status, which the table must allow. */
export function movedRound(round: Round, status: RoundStatus, changes: Partial<Round> = {}): Round {
  invariant(
    ROUND_TABLE[round.status].includes(status),
    `a round does not go from ${round.status} to ${status}`,
  );
  return { ...round, ...changes, status };
}
