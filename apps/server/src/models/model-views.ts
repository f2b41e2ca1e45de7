import { type Measure, scoreOf, tellsClasses, testedBy } from '#libs/model/session';

import { without } from '../database/without';
import { measureOfModel } from './model-facts';
import type { ModelDetailsDto, ModelDto, ModelVersionDto } from './models.dto';
import type { Model, ModelVersion } from './models.repository';
import type { ModelWithVersions } from './models.service';

export function versionView(version: ModelVersion, measure: Measure): ModelVersionDto {
  const { evaluation } = version;
  const score = evaluation && scoreOf(measure, testedBy(evaluation));
  const hasClasses = tellsClasses(measure);
  return {
    ...without(version, 'masterDigest', 'evaluation'),
    evaluatedItems: evaluation?.items ?? null,
    evaluatedRight: hasClasses ? (evaluation?.right ?? null) : null,
    score,
    accuracy: hasClasses ? score : null,
  };
}

const plainView = (model: Model) => ({
  ...without(model, 'outputScale'),
  measure: measureOfModel(model),
});

export const modelView = ({ latest, ...model }: Model & { readonly latest: ModelVersion }): ModelDto => ({
  ...plainView(model),
  versionId: latest.id,
});

export const modelDetailsView = ({
  versions,
  evaluationSet,
  ...model
}: ModelWithVersions): ModelDetailsDto => ({
  ...plainView(model),
  versionId: versions.findLast(({ publishedAt }) => publishedAt !== null)?.id ?? '',
  versions: versions.map((version) => versionView(version, measureOfModel(model))),
  evaluationSet,
});
