import {
  type CampaignState,
  type CampaignStatus,
  moved,
  movedRound,
  type Round,
  type RoundPurpose,
} from './campaign';
import type { CampaignEffect } from './event';
import { type Execution, isFinalExecution } from './execution';
import type { Step } from './step';

/** Opens the next training round, or the final evaluation after the last one. */
export function openNextRound(state: CampaignState, now: number): Step {
  const number = (state.round?.number ?? 0) + 1;
  const isTraining = number <= state.plan.rounds;
  if (!isTraining && state.committedRounds === 0)
    return finish(state, 'failed', 'no round made a new model version');
  if (state.participants.length === 0)
    return finish(state, isTraining ? 'failed' : 'completedWithFailures', 'no device is left');
  const purpose: RoundPurpose = isTraining ? 'train' : 'evaluate';
  const deadlineAt = now + state.plan.roundDeadlineMs;
  const executions = state.participants.map((device): Execution => ({ device, status: 'queued' }));
  const round: Round = { number, purpose, status: 'open', deadlineAt, executions };
  return {
    state: { ...state, status: moved(state.status, isTraining ? 'running' : 'evaluating'), round },
    effects: [{ kind: 'openRound', round: number, purpose, devices: state.participants, deadlineAt }],
  };
}

/** Once every execution is over: averages a training round that has its quorum, ends an evaluation. */
export function closeRoundIfDone(
  state: CampaignState,
  now: number,
  effects: readonly CampaignEffect[] = [],
): Step {
  const { round } = state;
  if (
    !round ||
    round.status !== 'open' ||
    !round.executions.every((execution) => isFinalExecution(execution.status))
  ) {
    return { state, effects };
  }
  const succeeded = round.executions
    .filter((execution) => execution.status === 'succeeded')
    .map((execution) => execution.device);
  const failures = state.failures + round.executions.length - succeeded.length;
  const closed = { ...state, failures };
  if (round.purpose === 'evaluate') return prepend(effects, endEvaluation(closed, round));
  if (succeeded.length < state.plan.quorum) {
    return prepend(
      effects,
      abandonRound(closed, round, `${succeeded.length} deltas, the quorum is ${state.plan.quorum}`, now),
    );
  }
  const deadlineAt = now + state.plan.aggregationDeadlineMs;
  const aggregating = movedRound(round, 'aggregating', { deadlineAt });
  return {
    state: { ...closed, round: aggregating },
    effects: [...effects, { kind: 'aggregate', round: round.number, devices: succeeded }],
  };
}

/** Gives a round up; the model stays as it was and the campaign goes on. */
export function abandonRound(state: CampaignState, round: Round, reason: string, now: number): Step {
  const abandoned = movedRound(round, 'abandoned', { reason });
  const abandonedRounds = [...state.abandonedRounds, round.number];
  return openNextRound({ ...state, failures: state.failures + 1, abandonedRounds, round: abandoned }, now);
}

function endEvaluation(state: CampaignState, round: Round): Step {
  const status = state.failures === 0 ? 'completed' : 'completedWithFailures';
  return finish({ ...state, round: movedRound(round, 'committed') }, status);
}

/** Ends the campaign; what still works is withdrawn. */
export function finish(state: CampaignState, status: CampaignStatus, reason?: string): Step {
  const { round } = state;
  const working = (round?.executions ?? []).filter((execution) => !isFinalExecution(execution.status));
  const closed: Round | undefined = round && {
    ...round,
    status: round.status === 'open' || round.status === 'aggregating' ? 'abandoned' : round.status,
    executions: round.executions.map((execution) =>
      working.includes(execution) ? { ...execution, status: 'cancelled' } : execution,
    ),
  };
  return {
    state: {
      ...state,
      status: moved(state.status, status),
      ...(closed && { round: closed }),
      ...(reason !== undefined && { reason }),
    },
    effects: [...(round ? withdrawn(round, working) : []), { kind: 'finished' }],
  };
}

/** Tells devices whose work is no longer wanted. */
export const withdrawn = (round: Round, executions: readonly Execution[]): readonly CampaignEffect[] =>
  executions.length === 0
    ? []
    : [{ kind: 'withdraw', round: round.number, devices: executions.map((execution) => execution.device) }];

const prepend = (effects: readonly CampaignEffect[], next: Step): Step => ({
  state: next.state,
  effects: [...effects, ...next.effects],
});
