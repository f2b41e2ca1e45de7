import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

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
    else await this.giveUp({ roundId }, new Error(version.error.message));
  }

  async giveUp({ roundId }: { readonly roundId: string }, error: Error): Promise<void> {
    const round = await this.campaigns.findRound(roundId);
    if (!round) return;
    const event = { kind: 'aggregationFailed', round: round.number, reason: error.message } as const;
    await this.machine.take(round.campaignId, event);
  }

  private async commit(round: CampaignRound, { base, made, standing }: NextVersion): Promise<void> {
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
      await this.models.addVersion(transaction, version);
      await this.models.keepArtifact(transaction, artifact);
      await this.campaigns.saveRound(transaction, round.id, { resultVersionId: version.id });
      const payload = { versionId: version.id };
      await this.jobs.add(transaction, { name: 'evaluateVersion', key: version.id, payload });
    });
    if (!taken.ok) this.logger.warn(`round ${round.id} was averaged in vain: ${taken.error.message}`);
    this.jobs.wake();
  }
}
