import type { Campaign, CampaignDetails } from '../../api/types';
import { RoundProgress } from '../../components/campaign/round-progress';
import { roundsTable } from '../../components/campaign/rounds-table';
import { Panel } from '../../components/panel/panel';
import type { QueryView } from '../../components/panel/query-view';
import { StateMark } from '../../components/state/state-mark';
import { CAMPAIGN_STATES, wordsOf } from '../../components/state/states';
import { DataTable } from '../../components/table/data-table';
import { useCampaignQuery } from '../../queries/use-campaign-query';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import styles from './overview.module.css';

/** Rounds in the table; the campaign's page has all. */
const SHOWN = 6;

interface CurrentCampaignPanelProps {
  readonly campaign: Campaign | undefined;
  readonly campaigns: QueryView<readonly Campaign[]>;
}

export function CurrentCampaignPanel({ campaign, campaigns }: CurrentCampaignPanelProps) {
  const details = useCampaignQuery(campaign?.id);
  if (!campaign) return <NoCampaign query={campaigns} />;
  return (
    <Panel
      title="Campaign"
      query={details}
      layout="flush"
      aside={({ id, name, state }) => (
        <>
          <Link to={paths.campaign(id)}>{name}</Link>
          <StateMark state={wordsOf(CAMPAIGN_STATES, state)} />
        </>
      )}
    >
      {(current) => <Current campaign={current} />}
    </Panel>
  );
}

function Current({ campaign }: { readonly campaign: CampaignDetails }) {
  return (
    <>
      <div className={styles.progress}>
        <RoundProgress campaign={campaign} />
      </div>
      {campaign.roundDetails.length > 0 && (
        <DataTable {...roundsTable(campaign)} rows={campaign.roundDetails.slice(-SHOWN)} />
      )}
    </>
  );
}

function NoCampaign({ query }: { readonly query: QueryView<readonly Campaign[]> }) {
  return (
    <Panel
      title="Campaign"
      query={query}
      isEmpty={() => true}
      empty="This fleet has had no campaign. POST /api/campaigns makes one; /api/docs says how."
    >
      {() => null}
    </Panel>
  );
}
