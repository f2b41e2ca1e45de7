import { Injectable } from '@nestjs/common';

import { comparedOnDevices, type DeviceScore, isImprovement } from '#libs/fleet/campaign';

import type { Transaction } from '../database/database';
import { ModelsRepository } from '../models/models.repository';
import { type CampaignRound, CampaignsRepository, type Change } from './campaigns.repository';
import { scoreAfterFetch } from './execution-scores';
import { ExecutionsRepository } from './executions.repository';

/**
 * Judges the last version of a campaign that publishes what is better and had no evaluation set to know it by: devices tested the
 * version that the campaign began with in its first round, and the last one in the final evaluation.
 */
@Injectable()
export class Candidates {
  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly executions: ExecutionsRepository,
    private readonly models: ModelsRepository,
  ) {}

  /** The campaign has ended. Part of the transaction that says so: what was not judged then never is. */
  async judge(transaction: Transaction, { before: campaign, machine, at }: Change): Promise<void> {
    const isEvaluated = machine.status === 'completed' || machine.status === 'completedWithFailures';
    if (campaign.publishing === 'every' || !isEvaluated) return;
    const lastId = await this.campaigns.currentVersion(transaction, campaign.id);
    const last = await this.models.findVersion(lastId, transaction);
    if (!last || last.publishedAt) return;
    const rounds = await this.campaigns.rounds(campaign.id, transaction);
    const scores = async (isOf: (round: CampaignRound) => boolean): Promise<readonly DeviceScore[]> =>
      (
        await Promise.all(rounds.filter(isOf).map(({ id }) => this.executions.ofRound(id, transaction)))
      ).flatMap((executions) => executions.flatMap((one) => scoreAfterFetch(one, campaign.measure) ?? []));
    const before = await scores(({ baseVersionId }) => baseVersionId === campaign.baseVersionId);
    const after = await scores(({ kind }) => kind === 'evaluate');
    const compared = comparedOnDevices(before, after);
    if (!compared) return;
    await this.models.saveJudgement(transaction, lastId, {
      judgement: { on: 'devices', ...compared },
      publishedAt: isImprovement(campaign.measure, compared) ? at : null,
    });
  }
}
