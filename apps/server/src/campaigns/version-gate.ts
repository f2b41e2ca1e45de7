import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { err, fault, invariant, ok, type Result } from '#libs/base/result';
import { isImprovement } from '#libs/fleet/campaign';
import { scoreOf, testedBy } from '#libs/model/session';

import { Evaluator } from '../builds/evaluator';
import type { AggregatedVersion } from '../compute/aggregate-round';
import { CLOCK } from '../config/server-config.token';
import { ModelImages } from '../models/model-images';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import type { Campaign } from './campaigns.repository';
import { comparisonWords } from './comparison-words';

/** Where a new version stands. */
export type Standing = Pick<ModelVersion, 'publishedAt' | 'judgement'>;

export interface Verdict {
  readonly standing: Standing;
  /** In words: how it was compared; undefined: it was not. */
  readonly words?: string;
  /** It stands there as long as this is the version that was published last; undefined: whatever was. */
  readonly than?: string;
}

const CANDIDATE: Verdict = { standing: { publishedAt: null, judgement: null } };

/**
 * Decides where a version stands that a round is about to make. A campaign that publishes what is better compares it on the model's
 * evaluation set with the version that was published last, by this campaign or by one of another fleet; without such a set it becomes a
 * candidate, which the devices judge when the campaign ends (`Candidates`).
 */
@Injectable()
export class VersionGate {
  constructor(
    private readonly models: ModelsRepository,
    private readonly images: ModelImages,
    private readonly blobs: BlobStore,
    private readonly evaluator: Evaluator,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refused: `campaign.not-better`; the round then makes no version. */
  async verdict(
    { publishing, measure }: Campaign,
    modelId: string,
    next: AggregatedVersion,
  ): Promise<Result<Verdict>> {
    const publishedAt = new Date(this.clock.now());
    if (publishing === 'every') return ok({ standing: { publishedAt, judgement: null } });
    const set = await this.models.evaluationSet(modelId);
    if (!set) return ok(CANDIDATE);
    const dataset = await this.blobs.get(set.digest);
    const score = async (version: { file: Uint8Array; parameters: Uint8Array }): Promise<number> => {
      const value = scoreOf(
        measure,
        testedBy(await this.evaluator.evaluate({ modelId, ...version }, dataset)),
      );
      invariant(value !== null, `the evaluation set of ${modelId} has items to test on`);
      return value;
    };
    const published = await this.models.latestVersion(modelId);
    invariant(published, `the model ${modelId} has a published version`);
    const before = await score(await this.kept(published));
    const after = await score({ file: next.file, parameters: next.image });
    const place = { items: `${set.items} items of the evaluation set`, number: published.number };
    const words = comparisonWords(measure, { before, after }, place);
    if (!isImprovement(measure, { before, after }))
      return err(fault('campaign.not-better', `${words}; not better, so that no version is published`));
    const judgement = { on: 'evaluationSet', before, after } as const;
    return ok({ standing: { publishedAt, judgement }, words, than: published.id });
  }

  private async kept({ id, fileDigest }: ModelVersion) {
    const { digest } = await this.images.ensure(id);
    return { file: await this.blobs.get(fileDigest), parameters: await this.blobs.get(digest) };
  }
}
