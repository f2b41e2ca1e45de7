import { Injectable } from '@nestjs/common';

import { FleetsRepository } from '../fleets/fleets.repository';
import { ApiError, found } from '../http/api-error';
import { ModelImages } from '../models/model-images';
import { ModelsRepository, type ModelVersion } from '../models/models.repository';

/** What a campaign begins with. */
@Injectable()
export class CampaignBase {
  constructor(
    private readonly fleets: FleetsRepository,
    private readonly models: ModelsRepository,
    private readonly images: ModelImages,
  ) {}

  /** The newest version of a fleet's model. Refused: `fleet.not-found`, `fleet.no-model`, `model.not-trainable`. */
  async versionOf(fleetId: string): Promise<ModelVersion> {
    const { name, modelId } = found(await this.fleets.find(fleetId), 'fleet.not-found', `fleet ${fleetId}`);
    if (modelId !== null) await this.refuseUntrainable(modelId);
    const version = modelId === null ? undefined : await this.images.latestVersion(modelId);
    if (version) return version;
    throw new ApiError('fleet.no-model', `the fleet ${name} has no model; assign one first`);
  }

  /** Rounds are judged by accuracy, so that a model without classes has no campaigns, though devices could train it. */
  private async refuseUntrainable(modelId: string): Promise<void> {
    const model = found(await this.models.find(modelId), 'model.not-found', `model ${modelId}`);
    if (model.notTrainable === null) return;
    throw new ApiError('model.not-trainable', `${model.name} has no campaigns: ${model.notTrainable}`);
  }
}
