import { ApiError } from '../../api/api-error';
import { clockTime } from '../../format/time';
import { useHealthQuery } from '../../queries/use-health-query';
import { StateMark } from '../state/state-mark';
import type { StateWords } from '../state/states';

const CONNECTING: StateWords = { tone: 'waiting', word: 'connecting', meaning: 'the server was asked' };
const LIVE: StateWords = {
  tone: 'good',
  word: 'live',
  meaning: 'the server answers; this page renews itself',
};

/** Whether what is on the screen is up to date. */
export function Connection() {
  const { data, error, dataUpdatedAt } = useHealthQuery();
  const state = error ? lost(error, dataUpdatedAt) : data ? LIVE : CONNECTING;
  return (
    <span role="status">
      <StateMark state={state} />
    </span>
  );
}

const fault = (error: Error): string =>
  error instanceof ApiError && error.status > 0 ? 'server fails' : 'no answer';

const lost = (error: Error, since: number): StateWords => ({
  tone: 'bad',
  word: since === 0 ? fault(error) : `${fault(error)} since ${clockTime(new Date(since))}`,
  meaning: error.message,
});
