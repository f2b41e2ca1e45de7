import type { CampaignDetails, Round } from '../../api/types';
import { measureWords, type MeasureWords } from '../../format/measure';
import { NOTHING, orNothing } from '../../format/numbers';
import { duration } from '../../format/time';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import { StateMark } from '../state/state-mark';
import { ROUND_STATES, wordsOf } from '../state/states';
import type { Column, TableDeclaration } from '../table/column';
import { doneIn, meanScore } from './round-facts';

/** The rounds of a campaign and what each brought. */
export function roundsTable({ name, measure }: CampaignDetails): TableDeclaration<Round> {
  const words = measureWords(measure);
  return { label: `Rounds of ${name}`, rowKey: ({ id }) => id, columns: columnsOf(words) };
}

const columnsOf = (words: MeasureWords): readonly Column<Round>[] => [
  { title: 'Round', cell: ({ number, kind }) => (kind === 'evaluate' ? 'final' : number) },
  { title: 'State', cell: ({ state }) => <StateMark state={wordsOf(ROUND_STATES, state)} /> },
  {
    title: 'Done',
    help: 'deltas stored, or evaluations told',
    align: 'right',
    cell: (round) => `${doneIn(round)} of ${round.executions.length}`,
  },
  {
    title: `Devices ${words.unit}`,
    help: `${words.name} on the devices’ own test items, mean: before → after own training; ${words.direction}`,
    align: 'right',
    cell: (round) => <DeviceScore round={round} words={words} />,
  },
  { title: 'Version', align: 'right', cell: ({ result }) => <ResultLink result={result} /> },
  {
    title: `Server ${words.unit}`,
    help: `${words.name} of the version on the server's evaluation set; ${words.direction}`,
    align: 'right',
    cell: ({ result }) => orNothing(result?.score, words.format),
  },
  { title: 'Took', align: 'right', needs: 'medium', cell: (round) => tookWords(round) },
];

function DeviceScore({ round, words }: { readonly round: Round; readonly words: MeasureWords }) {
  const mean = (of: 'scoreBefore' | 'scoreAfter'): string =>
    orNothing(
      meanScore(round, (execution) => execution[of]),
      words.format,
    );
  return round.kind === 'evaluate' ? mean('scoreBefore') : `${mean('scoreBefore')} → ${mean('scoreAfter')}`;
}

function ResultLink({ result }: Pick<Round, 'result'>) {
  return result ? <Link to={paths.model(result.modelId)}>v{result.number}</Link> : NOTHING;
}

const tookWords = ({ openedAt, closedAt }: Round): string =>
  closedAt === null ? NOTHING : duration(Date.parse(closedAt) - Date.parse(openedAt));
