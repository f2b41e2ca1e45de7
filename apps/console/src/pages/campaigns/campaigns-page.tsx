import type { Campaign } from '../../api/types';
import { type ListDeclaration, ListPage, usePageRequest } from '../../components/list-page/list-page';
import { slicePage } from '../../components/list-page/slice-page';
import { StateMark } from '../../components/state/state-mark';
import { CAMPAIGN_STATES, wordsOf } from '../../components/state/states';
import { TimeAgo } from '../../components/time/time-ago';
import { grouped } from '../../format/numbers';
import { useCampaignsQuery } from '../../queries/use-campaigns-query';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

const campaigns: ListDeclaration<Campaign> = {
  title: 'Campaigns',
  order: 'Newest first',
  label: 'Campaigns',
  rowKey: ({ id }) => id,
  empty: 'There has been no campaign. POST /api/campaigns makes one; /api/docs says how.',
  columns: [
    { title: 'Campaign', cell: ({ id, name }) => <Link to={paths.campaign(id)}>{name}</Link> },
    { title: 'State', cell: ({ state }) => <StateMark state={wordsOf(CAMPAIGN_STATES, state)} /> },
    {
      title: 'Rounds',
      help: 'rounds that made a version, of those planned',
      align: 'right',
      cell: ({ committedRounds, rounds }) => `${committedRounds} of ${rounds}`,
    },
    { title: 'Devices', align: 'right', cell: ({ participants }) => grouped(participants.length) },
    { title: 'Quorum', align: 'right', needs: 'medium', cell: ({ quorum }) => grouped(quorum) },
    {
      title: 'Created',
      align: 'right',
      needs: 'medium',
      cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
    },
  ],
};

export function CampaignsPage() {
  const request = usePageRequest();
  const query = useCampaignsQuery();
  return <ListPage {...campaigns} query={{ ...query, data: query.data && slicePage(query.data, request) }} />;
}
