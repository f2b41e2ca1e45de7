import type { CampaignDetails, Device, Execution, Measure, Round } from '../../../api/types';
import type { QueryView } from '../../../components/panel/query-view';
import { useCampaignQuery } from '../../../queries/use-campaign-query';
import { useCampaignsQuery } from '../../../queries/use-campaigns-query';

/** A device's part in a round, and which one that was. */
export interface DeviceExecution extends Execution {
  readonly campaignId: string;
  readonly campaignName: string;
  /** Of the campaign. */
  readonly measure: Measure;
  readonly round: Pick<Round, 'number' | 'kind'>;
}

/** What the device did in the newest campaign that it takes part in; newest first. */
export function useDeviceExecutions(device: Device | undefined): QueryView<readonly DeviceExecution[]> {
  const campaigns = useCampaignsQuery();
  const newest = campaigns.data?.find(({ participants }) => device && participants.includes(device.id));
  const details = useCampaignQuery(newest?.id);
  const isKnownToHaveNone = device !== undefined && campaigns.data !== undefined && !newest;
  if (isKnownToHaveNone) return { ...campaigns, data: [] };
  const data = details.data && device && executionsOf(details.data, device.id);
  return { ...details, data, error: details.error ?? campaigns.error };
}

const executionsOf = (campaign: CampaignDetails, deviceId: string): readonly DeviceExecution[] =>
  campaign.roundDetails
    .flatMap(({ number, kind, executions }) =>
      executions
        .filter((execution) => execution.deviceId === deviceId)
        .map((execution) => ({
          ...execution,
          campaignId: campaign.id,
          campaignName: campaign.name,
          measure: campaign.measure,
          round: { number, kind },
        })),
    )
    .toReversed();
