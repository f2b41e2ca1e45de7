import type { CampaignDetails, Round } from '../../api/types';
import { NOTHING, orNothing, percent } from '../../format/numbers';
import { duration } from '../../format/time';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import { StateMark } from '../state/state-mark';
import { ROUND_STATES, wordsOf } from '../state/states';
import type { TableDeclaration } from '../table/column';
import { afterOf, beforeOf, doneIn, meanAccuracy } from './round-facts';

/** The rounds of a campaign and what each brought. */
export const roundsTable = (campaign: CampaignDetails): TableDeclaration<Round> => ({
  label: `Rounds of ${campaign.name}`,
  rowKey: ({ id }) => id,
  columns: [
    { title: 'Round', cell: ({ number, kind }) => (kind === 'evaluate' ? 'final' : number) },
    { title: 'State', cell: ({ state }) => <StateMark state={wordsOf(ROUND_STATES, state)} /> },
    {
      title: 'Done',
      help: 'deltas stored, or evaluations told',
      align: 'right',
      cell: (round) => `${doneIn(round)} of ${round.executions.length}`,
    },
    {
      title: 'Devices %',
      help: 'mean accuracy on the devices’ own test items: before → after own training',
      align: 'right',
      cell: (round) => <DeviceAccuracy round={round} />,
    },
    { title: 'Version', align: 'right', cell: ({ result }) => <ResultLink result={result} /> },
    {
      title: 'Server %',
      help: "accuracy of the version on the server's evaluation set",
      align: 'right',
      cell: ({ result }) => orNothing(result?.accuracy, percent),
    },
    { title: 'Took', align: 'right', needs: 'medium', cell: (round) => tookWords(round) },
  ],
});

function DeviceAccuracy({ round }: { readonly round: Round }) {
  const before = orNothing(meanAccuracy(round, beforeOf), percent);
  return round.kind === 'evaluate'
    ? before
    : `${before} → ${orNothing(meanAccuracy(round, afterOf), percent)}`;
}

function ResultLink({ result }: Pick<Round, 'result'>) {
  return result ? <Link to={paths.model(result.modelId)}>v{result.number}</Link> : NOTHING;
}

const tookWords = ({ openedAt, closedAt }: Round): string =>
  closedAt === null ? NOTHING : duration(Date.parse(closedAt) - Date.parse(openedAt));
