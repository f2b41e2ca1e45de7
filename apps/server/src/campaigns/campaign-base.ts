import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import { type Measure, tellsClasses } from '#libs/model/session';

import { FleetsRepository } from '../fleets/fleets.repository';
import { ApiError, found } from '../http/api-error';
import { measureOfModel } from '../models/model-facts';
import { ModelImages } from '../models/model-images';
import { ModelsRepository, type ModelVersion } from '../models/models.repository';
import type { CampaignSettings } from './campaigns.repository';

/** What a campaign begins with. */
export interface Base {
  readonly version: ModelVersion;
  readonly measure: Measure;
}

/** Finds it, and refuses what can have no campaign. */
@Injectable()
export class CampaignBase {
  constructor(
    private readonly fleets: FleetsRepository,
    private readonly models: ModelsRepository,
    private readonly images: ModelImages,
  ) {}

  /**
   * The newest published version of a fleet's model, and how the model is measured. Refused: `fleet.not-found`, `fleet.no-model`,
   * `model.not-trainable`, `campaign.no-classes`.
   */
  async of(fleetId: string, { itemOrder }: Pick<CampaignSettings, 'itemOrder'>): Promise<Base> {
    const { name, modelId } = found(await this.fleets.find(fleetId), 'fleet.not-found', `fleet ${fleetId}`);
    if (modelId === null)
      throw new ApiError('fleet.no-model', `the fleet ${name} has no model; assign one first`);
    const model = found(await this.models.find(modelId), 'model.not-found', `model ${modelId}`);
    if (model.notTrainable !== null)
      throw new ApiError('model.not-trainable', `${model.name} has no campaigns: ${model.notTrainable}`);
    const measure = measureOfModel(model);
    if (itemOrder === 'balanced' && !tellsClasses(measure))
      throw new ApiError(
        'campaign.no-classes',
        `${model.name} tells no classes apart, so that no pass can meet each as often as any other`,
      );
    const version = await this.images.latestVersion(modelId);
    invariant(version, `the model ${modelId} has a published version`);
    return { version, measure };
  }
}
