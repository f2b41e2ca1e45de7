import { Injectable } from '@nestjs/common';

import { invariant, ok, type Result } from '#libs/base/result';

import type { AggregatedVersion } from '../compute/aggregate-round';
import { ComputeService } from '../compute/compute.service';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import { type CampaignRound, CampaignsRepository } from './campaigns.repository';
import { RoundContributions } from './round-contributions';
import { type Verdict, VersionGate } from './version-gate';

/** What a round made. */
export interface NextVersion {
  /** That it was trained from. */
  readonly base: ModelVersion;
  readonly made: AggregatedVersion;
  readonly verdict: Verdict;
}

/** From a round's deltas to a version, and to where it stands. Nothing is kept yet. */
@Injectable()
export class NextVersions {
  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly models: ModelsRepository,
    private readonly contributions: RoundContributions,
    private readonly blobs: BlobStore,
    private readonly compute: ComputeService,
    private readonly gate: VersionGate,
  ) {}

  /** Refused: as `aggregateRound` refuses, `campaign.not-better`. The same round gives the same bytes. */
  async of(round: CampaignRound): Promise<Result<NextVersion>> {
    const base = await this.models.findVersion(round.baseVersionId);
    const campaign = await this.campaigns.find(round.campaignId);
    invariant(base && campaign, `round ${round.id} has a base version and a campaign`);
    const made = await this.compute.run('aggregateRound', {
      name: base.modelId,
      objective: await this.models.objectiveOf(base.modelId),
      file: await this.blobs.get(base.fileDigest),
      master: base.masterDigest === null ? undefined : await this.blobs.get(base.masterDigest),
      contributions: await this.contributions.of(round),
    });
    if (!made.ok) return made;
    const verdict = await this.gate.verdict(campaign, base.modelId, made.value);
    return verdict.ok ? ok({ base, made: made.value, verdict: verdict.value }) : verdict;
  }
}
