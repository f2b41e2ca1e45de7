import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import { comparedOnDevices, type Comparison, type DeviceScore, isImprovement } from '#libs/fleet/campaign';

import { AuditService } from '../audit/audit.service';
import type { Transaction } from '../database/database';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { type Campaign, type CampaignRound, CampaignsRepository, type Change } from './campaigns.repository';
import { comparisonWords } from './comparison-words';
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
    private readonly audit: AuditService,
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
    const published = await this.models.latestVersion(last.modelId, transaction);
    invariant(published, `the model ${last.modelId} has a published version`);
    const finding = findingOf(campaign, compared, published);
    await this.models.saveJudgement(transaction, lastId, {
      judgement: { on: 'devices', ...compared },
      publishedAt: finding === 'published' ? at : null,
    });
    const base = await this.models.findVersion(campaign.baseVersionId, transaction);
    invariant(base, `the campaign's base ${campaign.baseVersionId} is there`);
    const place = { items: 'the devices’ own test items', number: base.number };
    const words = `v${last.number}: ${comparisonWords(campaign.measure, compared, place)}`;
    const suffix = finding === 'overtaken' ? `; v${published.number} was published meanwhile` : '';
    const event = { code: `version.${finding}`, subject: campaign.id, message: `${words}${suffix}` };
    await this.audit.recordIn(transaction, event);
  }
}

/** Overtaken: better than what its devices knew, but another fleet's campaign published a version since, which they never saw. */
function findingOf(
  { measure, baseVersionId }: Campaign,
  compared: Comparison,
  published: ModelVersion,
): 'published' | 'not-better' | 'overtaken' {
  if (!isImprovement(measure, compared)) return 'not-better';
  return published.id === baseVersionId ? 'published' : 'overtaken';
}
