import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import type { Result } from '#libs/base/result';
import { fileWithHead, type ImportedModel, importedModel, toldModel } from '#libs/firmware/program';
import { decodeDataset } from '#libs/model/dataset';
import type { Objective, ObjectiveFault } from '#libs/model/ir';
import type { Measure } from '#libs/model/session';
import { type HeadFault, type HeadWish, type NewHead, newHeadOf } from '#libs/model/passes';

import { AuditService } from '../audit/audit.service';
import { CLOCK } from '../config/server-config.token';
import { Database } from '../database/database';
import { newId } from '../database/new-id';
import { ApiError, found } from '../http/api-error';
import { JobQueue } from '../jobs/job-queue';
import { BlobStore } from '../storage/blob-store';
import { EvaluationJobs } from './evaluation-jobs';
import { modelFacts } from './model-facts';
import { type EvaluationSet, type Model, type ModelVersion, ModelsRepository } from './models.repository';

export interface ModelWithVersions extends Model {
  readonly versions: readonly ModelVersion[];
  readonly evaluationSet: EvaluationSet | null;
}

/** What may be wished for with a model file. */
export interface ModelWishes {
  readonly head?: HeadWish;
  readonly objective?: Objective;
}

@Injectable()
export class ModelsService {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
    private readonly jobs: JobQueue,
    private readonly evaluations: EvaluationJobs,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list() {
    return this.models.list();
  }

  async find(id: string): Promise<ModelWithVersions> {
    const model = found(await this.models.find(id), 'model.not-found', `model ${id}`);
    const [versions, evaluationSet] = await Promise.all([
      this.models.versions(id),
      this.models.evaluationSet(id),
    ]);
    return { ...model, versions, evaluationSet };
  }

  async findVersion(id: string): Promise<ModelVersion> {
    return found(await this.models.findVersion(id), 'model.version-not-found', `model version ${id}`);
  }

  async measuredVersion(id: string): Promise<{ readonly version: ModelVersion; readonly measure: Measure }> {
    const version = await this.findVersion(id);
    return { version, measure: await this.models.measureOf(version.modelId) };
  }

  async file(versionId: string): Promise<Uint8Array> {
    return this.blobs.get((await this.findVersion(versionId)).fileDigest);
  }

  /** The parameter image of a version; there is one for each layout that a program was built for. */
  async parameters(versionId: string, layout?: number): Promise<Uint8Array> {
    await this.findVersion(versionId);
    const artifacts = await this.models.artifacts(versionId);
    const wanted = layout === undefined ? artifacts[0] : artifacts.find((one) => one.layout === layout);
    return this.blobs.get(
      found(wanted, 'model.image-not-found', `parameter image of the version ${versionId}`).digest,
    );
  }

  /**
   * Reads the whole file before anything is kept: of a refused one nothing stays.
   * @param wishes a new head, which the first version then has; what the model is to learn, if not what it looks like
   */
  async register(name: string, uploaded: Uint8Array, wishes: ModelWishes = {}): Promise<ModelWithVersions> {
    const head = accepted(newHeadOf(wishes.head ?? {}));
    const file = head ? withHead(uploaded, name, head) : uploaded;
    const { inference } = accepted(toldModel(readable(file, name), wishes.objective));
    const facts = modelFacts(inference);
    const fileDigest = await this.blobs.put(file);
    const createdAt = new Date(this.clock.now());
    const labels = head?.labels ?? null;
    const model: Model = { id: newId('model'), name, createdAt, labels, ...facts };
    await this.database.inTransaction(async (transaction) => {
      if (await this.models.isNameTaken(transaction, name)) {
        throw new ApiError('model.name-taken', `there is a model "${name}" already`);
      }
      await this.models.add(transaction, model);
      const version = { id: newId('version'), modelId: model.id, parentId: null, masterDigest: null };
      const standing = { publishedAt: createdAt, evaluation: null, judgement: null };
      await this.models.addVersion(transaction, { ...version, ...standing, fileDigest, createdAt });
    });
    this.audit.record({
      code: 'model.registered',
      subject: model.id,
      message: `${name}, ${file.length} bytes${head ? `, a head of ${head.classes} classes` : ''}`,
    });
    return this.find(model.id);
  }

  /** Every version is evaluated on the new set. */
  async saveEvaluationSet(modelId: string, file: Uint8Array): Promise<EvaluationSet> {
    const model = found(await this.models.find(modelId), 'model.not-found', `model ${modelId}`);
    const items = itemsOf(file, model);
    const set = { modelId, digest: await this.blobs.put(file), items, createdAt: new Date(this.clock.now()) };
    await this.database.inTransaction(async (transaction) => {
      await this.models.saveEvaluationSet(transaction, set);
      await this.evaluations.renew(transaction, modelId);
    });
    this.jobs.wake();
    return set;
  }
}

/** The file, read; refused with every reason at once. */
function readable(file: Uint8Array, name: string): ImportedModel {
  const model = importedModel(file, name);
  if (model.ok) return model.value;
  const { message, problems } = model.error;
  throw new ApiError('model.refused', message, { problems });
}

const withHead = (file: Uint8Array, name: string, head: NewHead): Uint8Array =>
  accepted(fileWithHead(file, readable(file, name).file, head));

/** The value, or the refusal as the caller is told it. */
function accepted<T>(result: Result<T, HeadFault | ObjectiveFault>): T {
  if (result.ok) return result.value;
  throw new ApiError(result.error.code, result.error.message);
}

/** Refuses what is no dataset, a dataset for another model, and any for a model whose errors no program can tell. */
function itemsOf(file: Uint8Array, { inputBytes, classes, objective, notTrainable }: Model): number {
  if (objective !== 'classify' && notTrainable !== null)
    throw new ApiError('evaluation-set.refused', `errors are told by the training program: ${notTrainable}`);
  const dataset = decodeDataset(file);
  if (!dataset.ok) throw new ApiError('evaluation-set.refused', dataset.error.message);
  const { itemBytes, classes: given, labels, adaptCount } = dataset.value;
  if (itemBytes !== inputBytes) {
    throw new ApiError(
      'evaluation-set.refused',
      `an item has ${itemBytes} bytes, the model takes ${inputBytes}`,
    );
  }
  if (classes !== null && given > classes) {
    throw new ApiError('evaluation-set.refused', `the set has ${given} classes, the model tells ${classes}`);
  }
  if (adaptCount === labels.length)
    throw new ApiError('evaluation-set.refused', 'the set has no items to test on');
  return labels.length - adaptCount;
}
