import type { Campaign, Fleet } from '../../api/types';
import { ScorePanel } from '../../components/campaign/score-panel';
import { Columns } from '../../components/detail/columns';
import type { QueryView } from '../../components/panel/query-view';
import { useReportQuery } from '../../queries/use-report-query';
import { CurrentCampaignPanel } from './current-campaign-panel';
import { FleetDevicesPanel } from './fleet-devices-panel';
import { FleetModelPanel } from './fleet-model-panel';
import { RecentEventsPanel } from './recent-events-panel';

/** Devices drawn in the chart; the campaign's page has all. */
const DRAWN = 12;

interface FleetOverviewProps {
  readonly fleet: Fleet;
  readonly campaign: Campaign | undefined;
  readonly campaigns: QueryView<readonly Campaign[]>;
}

export function FleetOverview({ fleet, campaign, campaigns }: FleetOverviewProps) {
  const report = useReportQuery(campaign?.id);
  const hasNone = campaign === undefined && campaigns.data !== undefined;
  return (
    <>
      <Columns first={5}>
        <CurrentCampaignPanel campaign={campaign} campaigns={campaigns} />
        <ScorePanel
          query={hasNone ? { ...report, data: [] } : report}
          measure={campaign?.measure}
          limit={DRAWN}
        />
      </Columns>
      <FleetDevicesPanel fleetId={fleet.id} report={report.data ?? []} />
      <Columns first={7}>
        <FleetModelPanel modelId={fleet.modelId} />
        <RecentEventsPanel />
      </Columns>
    </>
  );
}
