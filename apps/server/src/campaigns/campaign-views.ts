import { without } from '../database/without';
import { versionView } from '../models/model-views';
import type { CampaignDetailsDto, CampaignDto, ExecutionDto, RoundDto } from './campaigns.dto';
import type { CampaignDetails, RoundDetails } from './campaign-reader';
import type { Campaign } from './campaigns.repository';
import type { Execution } from './executions.repository';

/** Without the machine's inner state and the counter. */
export const campaignView = (campaign: Campaign): CampaignDto => ({
  ...without(campaign, 'machine', 'version'),
  participants: campaign.machine.participants,
  committedRounds: campaign.machine.committedRounds,
});

export const campaignDetailsView = (details: CampaignDetails): CampaignDetailsDto => {
  const { roundDetails, ...campaign } = details;
  return Object.assign(campaignView(campaign), { roundDetails: roundDetails.map(roundView) });
};

const roundView = (round: RoundDetails): RoundDto => ({
  ...without(round, 'campaignId', 'resultVersionId'),
  result: round.result && versionView(round.result),
  executions: round.executions.map(executionView),
});

const executionView = (execution: Execution): ExecutionDto => without(execution, 'roundId', 'upload');
