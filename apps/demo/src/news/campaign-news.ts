import { percent } from '#libs/base/table';
import type { CampaignView, ExecutionView, RoundView } from '../api/types';

const ONE_BIT = 65_536;

/** States in which an execution is over. */
const SETTLED: ReadonlySet<string> = new Set(['stored', 'evaluated', 'failed', 'refused', 'closed']);

type LabelOf = (deviceId: string) => string;

/** What happened in a campaign between two looks at it, a sentence each. */
export function campaignNews(
  before: CampaignView | undefined,
  now: CampaignView,
  labelOf: LabelOf,
): readonly string[] {
  return now.rounds.flatMap((round) => {
    const known = before?.rounds.find(({ number }) => number === round.number);
    return roundNews(known, round, labelOf);
  });
}

function roundNews(before: RoundView | undefined, now: RoundView, labelOf: LabelOf): readonly string[] {
  const title = now.kind === 'train' ? `round ${now.number}` : 'final evaluation';
  const news: string[] = [];
  if (!before) news.push(`${title}: started with ${now.executions.length} devices`);
  for (const execution of now.executions) {
    const known = before?.executions.find(({ deviceId }) => deviceId === execution.deviceId);
    if (SETTLED.has(execution.state) && !SETTLED.has(known?.state ?? '')) {
      news.push(`${title}: ${labelOf(execution.deviceId)} ${executionText(execution)}`);
    }
  }
  if (now.result && !before?.result) news.push(`${title}: model version ${now.result.number} written`);
  if (now.result?.accuracy !== undefined && before?.result?.accuracy === undefined) {
    news.push(
      `${title}: version ${now.result.number} is right on ${percent(now.result.accuracy)} % of the evaluation set`,
    );
  }
  if (now.state === 'abandoned' && before?.state !== 'abandoned') {
    news.push(`${title}: abandoned, ${now.reason ?? 'no reason given'}`);
  }
  return news;
}

function executionText(execution: ExecutionView): string {
  const { state, reason, testItems, rightBefore, rightAfter } = execution;
  if (state !== 'stored' && state !== 'evaluated') return `${state}: ${reason ?? 'no reason given'}`;
  if (!testItems || rightBefore === undefined) return state;
  const before = `${percent(rightBefore / testItems)} %`;
  if (rightAfter === undefined) return `has ${before} right, loss ${bits(execution.lossBefore)}`;
  const accuracy = `${before} -> ${percent(rightAfter / testItems)} % right`;
  return `trained: ${accuracy}, loss ${bits(execution.lossBefore)} -> ${bits(execution.lossAfter)}`;
}

const bits = (loss: number | undefined): string =>
  loss === undefined ? '?' : `${(loss / ONE_BIT).toFixed(2)} bit`;
