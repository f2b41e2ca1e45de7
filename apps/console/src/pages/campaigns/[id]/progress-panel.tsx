import type { CampaignDetails } from '../../../api/types';
import { RoundProgress } from '../../../components/campaign/round-progress';
import { roundsTable } from '../../../components/campaign/rounds-table';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import { DataTable } from '../../../components/table/data-table';
import styles from './campaign-page.module.css';

export function ProgressPanel({ query }: { readonly query: QueryView<CampaignDetails> }) {
  return (
    <Panel
      title="Rounds"
      query={query}
      layout="flush"
      aside={({ committedRounds, rounds }) => `${committedRounds} of ${rounds} made a version`}
    >
      {(campaign) => (
        <>
          <div className={styles.padded}>
            <RoundProgress campaign={campaign} />
          </div>
          {campaign.roundDetails.length > 0 && (
            <DataTable {...roundsTable(campaign)} rows={campaign.roundDetails.toReversed()} />
          )}
        </>
      )}
    </Panel>
  );
}
