import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { type Fault, fault } from '#libs/base/result';

import { AuditService } from '../audit/audit.service';
import { CLOCK } from '../config/server-config.token';
import { newId } from '../database/new-id';
import type { JobHandler } from '../jobs/job';
import { JobQueue } from '../jobs/job-queue';
import { ModelsRepository, type NewVersion } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import { CampaignMachine } from './campaign-machine';
import { type CampaignRound, CampaignsRepository } from './campaigns.repository';
import { type NextVersion, NextVersions } from './next-version';

/**
 * Makes a model version of a round's deltas. Done again after a crash, it makes the same bytes, and only the first to
 * commit makes a row: a round that is no longer aggregating is left alone.
 */
@Injectable()
export class AggregationService implements OnModuleInit, JobHandler<'aggregateRound'> {
  private readonly logger = new Logger('Aggregation');

  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly machine: CampaignMachine,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
    private readonly versions: NextVersions,
    private readonly jobs: JobQueue,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register('aggregateRound', this);
  }

  async run({ roundId }: { readonly roundId: string }): Promise<void> {
    const round = await this.campaigns.findRound(roundId);
    if (round?.state !== 'aggregating') return;
    const version = await this.versions.of(round);
    if (version.ok) await this.commit(round, version.value);
    else await this.abandon(round, version.error);
  }

  async giveUp({ roundId }: { readonly roundId: string }, error: Error): Promise<void> {
    const round = await this.campaigns.findRound(roundId);
    if (round) await this.abandon(round, fault('round.given-up', error.message));
  }

  private async abandon({ id, number, campaignId }: CampaignRound, { code, message }: Fault): Promise<void> {
    const event = { kind: 'aggregationFailed', round: number, reason: message } as const;
    await this.machine.take(campaignId, event, async (transaction) => {
      if (code !== 'campaign.not-better' || !(await this.campaigns.isAggregating(transaction, id))) return;
      const notBetter = {
        code: 'version.not-better',
        subject: campaignId,
        message: `round ${number}: ${message}`,
      };
      await this.audit.recordIn(transaction, notBetter);
    });
  }

  private async commit(round: CampaignRound, { base, made, verdict }: NextVersion): Promise<void> {
    const { standing, than, words = 'not compared' } = verdict;
    const { file, master, image, layout } = made;
    const version: NewVersion = {
      id: newId('version'),
      modelId: base.modelId,
      parentId: base.id,
      fileDigest: await this.blobs.put(file),
      masterDigest: await this.blobs.put(master),
      createdAt: new Date(this.clock.now()),
      evaluation: null,
      ...standing,
    };
    const artifact = {
      versionId: version.id,
      layout,
      digest: await this.blobs.put(image),
      sizeBytes: image.length,
    };
    const event = { kind: 'aggregated', round: round.number } as const;
    const taken = await this.machine.take(round.campaignId, event, async (transaction) => {
      if (!(await this.campaigns.isAggregating(transaction, round.id))) return;
      if (than !== undefined && (await this.models.latestVersion(base.modelId, transaction))?.id !== than)
        throw new Error('another version was published meanwhile, which this one was not compared with');
      const number = await this.models.addVersion(transaction, version);
      const message = `v${number}: ${words}`;
      if (version.publishedAt)
        await this.audit.recordIn(transaction, {
          code: 'version.published',
          subject: round.campaignId,
          message,
        });
      await this.models.keepArtifact(transaction, artifact);
      await this.campaigns.saveRound(transaction, round.id, { resultVersionId: version.id });
      const payload = { versionId: version.id };
      await this.jobs.add(transaction, { name: 'evaluateVersion', key: version.id, payload });
    });
    if (!taken.ok) this.logger.warn(`round ${round.id} was averaged in vain: ${taken.error.message}`);
    this.jobs.wake();
  }
}
