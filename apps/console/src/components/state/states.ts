import type {
  CampaignState,
  DeviceState,
  Execution,
  ExecutionState,
  Phase,
  ReportRow,
  RoundState,
} from '../../api/types';
import type { Tone } from './state-glyph';

/** How a state is shown. */
export interface StateWords {
  readonly tone: Tone;
  readonly word: string;
  readonly meaning: string;
}

export const DEVICE_STATES = {
  ready: { tone: 'good', word: 'ready', meaning: "has a program that was built for the fleet's model" },
  enrolled: { tone: 'waiting', word: 'enrolled', meaning: "waits for the fleet's model, or to be prepared" },
  refused: { tone: 'warn', word: 'refused', meaning: 'the model cannot run on this device' },
  failed: { tone: 'bad', word: 'failed', meaning: 'building its program failed' },
} satisfies Record<DeviceState, StateWords>;

export const CAMPAIGN_STATES = {
  draft: { tone: 'waiting', word: 'draft', meaning: 'not started yet' },
  running: { tone: 'working', word: 'running', meaning: 'training rounds are under way' },
  evaluating: { tone: 'working', word: 'evaluating', meaning: 'devices test the final version' },
  completed: { tone: 'good', word: 'completed', meaning: 'every device did its part' },
  completedWithFailures: {
    tone: 'warn',
    word: 'completed with failures',
    meaning: 'a version was made, but some executions or rounds failed',
  },
  failed: { tone: 'bad', word: 'failed', meaning: 'no round made a version' },
  aborted: { tone: 'off', word: 'aborted', meaning: 'stopped by an operator' },
} satisfies Record<CampaignState, StateWords>;

export const ROUND_STATES = {
  open: { tone: 'working', word: 'open', meaning: 'devices work until the deadline' },
  aggregating: { tone: 'working', word: 'averaging', meaning: 'the server makes a version of the deltas' },
  committed: { tone: 'good', word: 'done', meaning: 'the round is over and kept' },
  abandoned: {
    tone: 'warn',
    word: 'abandoned',
    meaning: 'the round made nothing; the model stays as it was',
  },
} satisfies Record<RoundState, StateWords>;

const EXECUTION_STATES = {
  open: { tone: 'waiting', word: 'not started', meaning: 'the device was told, or is to be told' },
  uploading: { tone: 'working', word: 'uploading', meaning: 'its result is kept, its delta is on the way' },
  stored: { tone: 'good', word: 'delta stored', meaning: 'trained, and its delta is kept' },
  evaluated: { tone: 'good', word: 'evaluated', meaning: 'told how well the version does' },
  failed: { tone: 'bad', word: 'failed', meaning: 'the device says that it could not' },
  refused: { tone: 'bad', word: 'refused', meaning: 'the server refused what the device sent' },
  closed: { tone: 'off', word: 'missed', meaning: 'the round ended without it' },
} satisfies Record<ExecutionState, StateWords>;

const PHASES = {
  fetching: { tone: 'working', word: 'fetching', meaning: 'the device fetches the version' },
  evaluatingBefore: { tone: 'working', word: 'testing before', meaning: 'the device tests what it fetched' },
  training: { tone: 'working', word: 'training', meaning: 'the device trains' },
  evaluatingAfter: { tone: 'working', word: 'testing after', meaning: 'the device tests what it trained' },
  uploading: { tone: 'working', word: 'uploading', meaning: 'the device uploads its delta' },
} satisfies Record<Phase, StateWords>;

/** An execution under way is shown by its phase. */
export const executionState = ({ state, phase }: Pick<Execution, 'state' | 'phase'>): StateWords =>
  state === 'open' && phase ? phaseWords(phase) : wordsOf(EXECUTION_STATES, state);

export const phaseWords = (phase: string): StateWords => wordsOf(PHASES, phase);

/** Of a device in a campaign's report: its last execution's state; its own where it took no part. */
export const reportState = ({ state, rounds, scoreFinalGlobal }: ReportRow): StateWords =>
  wordsOf(rounds.length === 0 && scoreFinalGlobal === null ? DEVICE_STATES : EXECUTION_STATES, state);

/** A state that this console does not know, of a newer server, is shown as it is. */
export function wordsOf(table: Readonly<Record<string, StateWords>>, state: string): StateWords {
  return table[state] ?? { tone: 'waiting', word: state, meaning: 'this console does not know this state' };
}
