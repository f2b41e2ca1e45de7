import { Injectable } from '@nestjs/common';

import { found } from '../http/api-error';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { type Campaign, type CampaignRound, CampaignsRepository } from './campaigns.repository';
import { type Execution, ExecutionsRepository } from './executions.repository';

export interface RoundDetails extends CampaignRound {
  readonly executions: readonly Execution[];
  /** The version that the round made. */
  readonly result: ModelVersion | null;
}

export interface CampaignDetails extends Campaign {
  readonly roundDetails: readonly RoundDetails[];
}

/** Campaigns as people want to see them. */
@Injectable()
export class CampaignReader {
  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly executions: ExecutionsRepository,
    private readonly models: ModelsRepository,
  ) {}

  list(): Promise<readonly Campaign[]> {
    return this.campaigns.list();
  }

  async find(id: string): Promise<Campaign> {
    return found(await this.campaigns.find(id), 'campaign.not-found', `campaign ${id}`);
  }

  async details(id: string): Promise<CampaignDetails> {
    const campaign = await this.find(id);
    const rounds = await this.campaigns.rounds(id);
    return { ...campaign, roundDetails: await Promise.all(rounds.map((round) => this.roundDetails(round))) };
  }

  private async roundDetails(round: CampaignRound): Promise<RoundDetails> {
    const { resultVersionId } = round;
    const result = resultVersionId === null ? null : await this.models.findVersion(resultVersionId);
    return { ...round, result, executions: await this.executions.ofRound(round.id) };
  }
}
