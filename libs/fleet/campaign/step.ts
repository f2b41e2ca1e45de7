import { err, ok, type Result, unreachable } from '#libs/base/result';
import { type CampaignState, isFinalCampaign, movedRound, type Round, type RoundStatus } from './campaign';
import type { CampaignEffect, CampaignEvent } from './event';
import { EXECUTION_TABLE, type Execution, type ExecutionStatus, isFinalExecution } from './execution';
import { abandonRound, closeRoundIfDone, finish, openNextRound, withdrawn } from './rounds';

export interface Step {
  readonly state: CampaignState;
  readonly effects: readonly CampaignEffect[];
}

/** An event that does not belong to this state. Nothing has changed. */
export interface Refusal {
  readonly code:
    | 'campaign.not-draft'
    | 'campaign.no-devices'
    | 'campaign.over'
    | 'campaign.no-such-round'
    | 'campaign.no-such-device'
    | 'round.not-aggregating'
    | 'execution.over';
  readonly message: string;
}

const refuse = (code: Refusal['code'], message: string): Result<Step, Refusal> => err({ code, message });
const unchanged = (state: CampaignState): Result<Step, Refusal> => ok({ state, effects: [] });

/** Applies one event. `now`: ms since 1970. A repetition of an event that was applied changes nothing. */
export function step(state: CampaignState, event: CampaignEvent, now: number): Result<Step, Refusal> {
  switch (event.kind) {
    case 'started':
      return start(state, event.devices, now);
    case 'ticked':
      return ok(tick(state, now));
    case 'aborted':
      return abort(state, event.reason);
    case 'deviceRetired':
      return retire(state, event.device, now);
    case 'aggregated':
      return endAggregation(state, event.round, undefined, now);
    case 'aggregationFailed':
      return endAggregation(state, event.round, event.reason, now);
    case 'offered':
      return moveExecution(state, event, { status: 'offered' }, now);
    case 'progressed':
      return moveExecution(state, event, { status: event.phase }, now);
    case 'stored':
      return moveExecution(state, event, { status: 'succeeded' }, now);
    case 'executionFailed':
      return moveExecution(state, event, { status: 'failed', code: event.code }, now);
    default:
      return unreachable(event);
  }
}

/** When a `ticked` event is due, or undefined in a final state and in a draft (which waits for a person). */
export const deadlineOf = (state: CampaignState): number | undefined =>
  isFinalCampaign(state.status) || state.status === 'draft' ? undefined : state.round?.deadlineAt;

function start(state: CampaignState, devices: readonly string[], now: number): Result<Step, Refusal> {
  if (state.status !== 'draft')
    return refuse('campaign.not-draft', `the campaign is ${state.status}, only a draft can be started`);
  const participants = [...new Set(devices)].sort();
  if (participants.length < state.plan.quorum) {
    return refuse(
      'campaign.no-devices',
      `${participants.length} devices are ready, the quorum is ${state.plan.quorum}`,
    );
  }
  return ok(openNextRound({ ...state, status: 'running', participants }, now));
}

function tick(state: CampaignState, now: number): Step {
  const due = deadlineOf(state);
  const { round } = state;
  if (due === undefined || round === undefined || now < due) return { state, effects: [] };
  if (round.status === 'aggregating')
    return abandonRound(state, round, 'the server did not finish averaging in time', now);
  const late = round.executions.filter((execution) => !isFinalExecution(execution.status));
  const executions = round.executions.map((execution) =>
    late.includes(execution) ? { ...execution, status: 'timedOut' as const } : execution,
  );
  return closeRoundIfDone({ ...state, round: { ...round, executions } }, now, withdrawn(round, late));
}

function abort(state: CampaignState, reason: string): Result<Step, Refusal> {
  if (state.status === 'aborted') return unchanged(state);
  if (isFinalCampaign(state.status)) return refuse('campaign.over', `the campaign is ${state.status}`);
  return ok(finish(state, 'aborted', reason));
}

function retire(state: CampaignState, device: string, now: number): Result<Step, Refusal> {
  if (isFinalCampaign(state.status) || !state.participants.includes(device)) return unchanged(state);
  const participants = state.participants.filter((participant) => participant !== device);
  const { round } = state;
  const execution = round?.executions.find((candidate) => candidate.device === device);
  if (!round || round.status !== 'open' || !execution || isFinalExecution(execution.status)) {
    return unchanged({ ...state, participants });
  }
  const without = replaceExecution(round, { device, status: 'cancelled' });
  return ok(closeRoundIfDone({ ...state, participants, round: without }, now));
}

/** `fault`: why there is no version; undefined where there is one. */
function endAggregation(
  state: CampaignState,
  number: number,
  fault: string | undefined,
  now: number,
): Result<Step, Refusal> {
  const { round } = state;
  if (!round || number < 1 || number > round.number) {
    return refuse('campaign.no-such-round', `round ${number} was never opened`);
  }
  const status = statusOfRound(state, round, number);
  if (status === 'aggregating' && fault !== undefined) return ok(abandonRound(state, round, fault, now));
  if (status === 'aggregating') {
    const committedRounds = state.committedRounds + 1;
    return ok(openNextRound({ ...state, round: movedRound(round, 'committed'), committedRounds }, now));
  }
  if (status === (fault === undefined ? 'committed' : 'abandoned')) return unchanged(state);
  return refuse('round.not-aggregating', `round ${number} is ${status}`);
}

function statusOfRound(state: CampaignState, round: Round, number: number): RoundStatus {
  if (number === round.number) return round.status;
  return state.abandonedRounds.includes(number) ? 'abandoned' : 'committed';
}

interface ExecutionEvent {
  readonly device: string;
  readonly round: number;
}

function moveExecution(
  state: CampaignState,
  event: ExecutionEvent,
  to: { readonly status: ExecutionStatus; readonly code?: number },
  now: number,
): Result<Step, Refusal> {
  const { round } = state;
  if (!round || event.round < 1 || event.round > round.number)
    return refuse('campaign.no-such-round', `round ${event.round} was never opened`);
  if (event.round < round.number)
    return refuse('execution.over', `round ${event.round} is closed, round ${round.number} is under way`);
  const execution = round.executions.find((candidate) => candidate.device === event.device);
  if (!execution)
    return refuse('campaign.no-such-device', `device ${event.device} has no part in round ${round.number}`);
  if (execution.status === to.status) return unchanged(state);
  if (isFinalCampaign(state.status) || !EXECUTION_TABLE[execution.status].includes(to.status)) {
    return refuse('execution.over', `the execution is ${execution.status}`);
  }
  return ok(
    closeRoundIfDone({ ...state, round: replaceExecution(round, { device: event.device, ...to }) }, now),
  );
}

const replaceExecution = (round: Round, next: Execution): Round => ({
  ...round,
  executions: round.executions.map((execution) => (execution.device === next.device ? next : execution)),
});
