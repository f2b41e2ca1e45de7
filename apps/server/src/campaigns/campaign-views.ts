import type { Measure } from '#libs/model/session';

import { without } from '../database/without';
import { versionView } from '../models/model-views';
import type { CampaignDetailsDto, CampaignDto, ExecutionDto, RoundDto } from './campaigns.dto';
import type { CampaignDetails, RoundDetails } from './campaign-reader';
import type { Campaign } from './campaigns.repository';
import { scoresOf } from './execution-scores';
import type { Execution } from './executions.repository';

/** Without the machine's inner state and the counter. */
export const campaignView = (campaign: Campaign): CampaignDto => ({
  ...without(campaign, 'machine', 'version'),
  participants: campaign.machine.participants,
  committedRounds: campaign.machine.committedRounds,
});

export const campaignDetailsView = (details: CampaignDetails): CampaignDetailsDto => {
  const { roundDetails, ...campaign } = details;
  return Object.assign(campaignView(campaign), {
    roundDetails: roundDetails.map((round) => roundView(round, campaign.measure)),
  });
};

const roundView = (round: RoundDetails, measure: Measure): RoundDto => ({
  ...without(round, 'campaignId', 'resultVersionId'),
  result: round.result && versionView(round.result, measure),
  executions: round.executions.map((execution) => executionView(execution, measure)),
});

function executionView(execution: Execution, measure: Measure): ExecutionDto {
  const { before, after } = scoresOf(execution, measure);
  return { ...without(execution, 'roundId', 'upload'), scoreBefore: before, scoreAfter: after };
}
