import { PageHead } from '../../components/shell/page-head';
import { useCampaignsQuery } from '../../queries/use-campaigns-query';
import { useFleetsQuery } from '../../queries/use-fleets-query';
import { useAddress } from '../../router/location';
import { currentCampaign, currentFleet } from './choose';
import { FleetOverview } from './fleet-overview';
import { FleetsPanel } from './fleets-panel';
import { RecentEventsPanel } from './recent-events-panel';

/** One fleet at a glance: how its devices are, what its campaign does, what that brought. */
export function OverviewPage() {
  const { search } = useAddress();
  const fleets = useFleetsQuery();
  const campaigns = useCampaignsQuery();
  const known = campaigns.data ?? [];
  const fleet = currentFleet(fleets.data ?? [], known, search.get('fleet'));
  return (
    <>
      <PageHead title="Overview" />
      <FleetsPanel query={fleets} current={fleet} />
      {fleet ? (
        <FleetOverview
          key={fleet.id}
          fleet={fleet}
          campaign={currentCampaign(known, fleet.id)}
          campaigns={campaigns}
        />
      ) : (
        <RecentEventsPanel />
      )}
    </>
  );
}
