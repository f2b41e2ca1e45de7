import { without } from '../database/without';
import type { ModelDetailsDto, ModelDto, ModelVersionDto } from './models.dto';
import type { Model, ModelVersion } from './models.repository';
import type { ModelWithVersions } from './models.service';

export const versionView = (version: ModelVersion): ModelVersionDto => ({
  ...without(version, 'masterDigest'),
  accuracy: accuracyOf(version),
});

const accuracyOf = ({ evaluatedItems, evaluatedRight }: ModelVersion): number | null =>
  evaluatedItems === null || evaluatedRight === null ? null : evaluatedRight / evaluatedItems;

export const modelView = ({ latest, ...model }: Model & { readonly latest: ModelVersion }): ModelDto => ({
  ...model,
  versionId: latest.id,
});

export const modelDetailsView = (model: ModelWithVersions): ModelDetailsDto => ({
  ...model,
  versionId: model.versions.at(-1)?.id ?? '',
  versions: model.versions.map(versionView),
});
