import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { err, fault, invariant, ok, type Result } from '#libs/base/result';
import { isImprovement } from '#libs/fleet/campaign';
import { type Measure, scoreOf, testedBy } from '#libs/model/session';

import { Evaluator } from '../builds/evaluator';
import type { AggregatedVersion } from '../compute/aggregate-round';
import { CLOCK } from '../config/server-config.token';
import { ModelImages } from '../models/model-images';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import type { Campaign } from './campaigns.repository';

/** Where a new version stands. */
export type Standing = Pick<ModelVersion, 'publishedAt' | 'judgement'>;

const CANDIDATE: Standing = { publishedAt: null, judgement: null };

/**
 * Decides where a version stands that a round is about to make. A campaign that publishes what is better compares it on the model's
 * evaluation set with the version that was published before; without such a set it becomes a candidate, which the devices judge
 * when the campaign ends (`Candidates`).
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

  /** Refused: `campaign.not-better`; the round then makes no version. @param base that it was trained from */
  async standing(
    { publishing, measure, baseVersionId }: Campaign,
    base: ModelVersion,
    next: AggregatedVersion,
  ): Promise<Result<Standing>> {
    const publishedAt = new Date(this.clock.now());
    if (publishing === 'every') return ok({ publishedAt, judgement: null });
    const { modelId } = base;
    const set = await this.models.evaluationSet(modelId);
    if (!set) return ok(CANDIDATE);
    const dataset = await this.blobs.get(set.digest);
    const score = async (version: { file: Uint8Array; parameters: Uint8Array }): Promise<number> => {
      const evaluation = await this.evaluator.evaluate({ modelId, ...version }, dataset);
      return scoreOf(measure, testedBy(evaluation)) ?? 0; // a set has items to test on
    };
    // Candidates that came before the set did were compared with nothing.
    const published = base.publishedAt ? base : await this.models.findVersion(baseVersionId);
    invariant(published, `the campaign's base ${baseVersionId} is there`);
    const before = await score(await this.kept(published));
    const after = await score({ file: next.file, parameters: next.image });
    if (isImprovement(measure, { before, after }))
      return ok({ publishedAt, judgement: { on: 'evaluationSet', before, after } });
    const values = `${figure(before)} before, ${figure(after)} after`;
    return err(
      fault(
        'campaign.not-better',
        `${MEASURES[measure.name]} on ${set.items} items of the evaluation set: ${values}; not better, so that no version is published`,
      ),
    );
  }

  private async kept({ id, fileDigest }: ModelVersion) {
    const { digest } = await this.images.ensure(id);
    return { file: await this.blobs.get(fileDigest), parameters: await this.blobs.get(digest) };
  }
}

const MEASURES: Readonly<Record<Measure['name'], string>> = {
  accuracy: 'accuracy',
  meanSquaredError: 'mean squared error',
};

const figure = (value: number): string => String(Number(value.toPrecision(4)));
