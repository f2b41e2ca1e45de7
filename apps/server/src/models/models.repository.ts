import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import type { Objective } from '#libs/model/ir';
import type { Measure, Tally } from '#libs/model/session';
import type { Model as ModelRow, ModelVersion as VersionRow } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';
import { without } from '../database/without';
import { FACTS_VERSION, measureOfModel, type ModelFacts } from './model-facts';

export interface Model extends ModelFacts {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** The name of each class; null: classes have only numbers. */
  readonly labels: readonly string[] | null;
}

export interface ModelVersion {
  readonly id: string;
  readonly modelId: string;
  /** From 1: the uploaded file, or that with another head. */
  readonly number: number;
  readonly parentId: string | null;
  /** Of the .tflite file in the blob store. */
  readonly fileDigest: string;
  /** Its parameters with more resolution than the file has; null: the file's own constants. */
  readonly masterDigest: string | null;
  readonly createdAt: Date;
  /** On the model's evaluation set; null until it was run. */
  readonly evaluation: Tally | null;
  /** null: a candidate. Nothing starts from it but the campaign that made it. */
  readonly publishedAt: Date | null;
  /** How it was compared with the version that it came from; null: it was not. */
  readonly judgement: Judgement | null;
}

/** Two versions by the model's measure: the one that was there before, and this one. */
export interface Judgement {
  readonly on: 'evaluationSet' | 'devices';
  readonly before: number;
  readonly after: number;
}

export interface Artifact {
  /** The wire's. */
  readonly id: number;
  readonly versionId: string;
  readonly layout: number;
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface EvaluationSet {
  readonly modelId: string;
  readonly digest: string;
  readonly items: number;
  readonly createdAt: Date;
}

export type NewVersion = Omit<ModelVersion, 'number'>;

@Injectable()
export class ModelsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly (Model & { readonly latest: ModelVersion })[]> {
    const rows = await this.database.reader.model.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: { versions: { where: PUBLISHED, orderBy: { number: 'desc' }, take: 1 } },
    });
    return rows.flatMap(({ versions: [latest], ...row }) =>
      latest ? [{ ...fromRow(row), latest: versionFromRow(latest) }] : [],
    );
  }

  async find(id: string, reader: Reader = this.database.reader): Promise<Model | undefined> {
    const row = await reader.model.findUnique({ where: { id } });
    return row ? fromRow(row) : undefined;
  }

  /** What a model that is there learns. */
  async objectiveOf(id: string): Promise<Objective> {
    const model = await this.find(id);
    invariant(model, `there is a model ${id}`);
    return model.objective;
  }

  /** What tells how good the versions of a model that is there are. */
  async measureOf(id: string): Promise<Measure> {
    const model = await this.find(id);
    invariant(model, `there is a model ${id}`);
    return measureOfModel(model);
  }

  async isNameTaken(transaction: Transaction, name: string): Promise<boolean> {
    return (await transaction.model.count({ where: { name } })) > 0;
  }

  async add(transaction: Transaction, { macs, labels, ...model }: Model): Promise<void> {
    const columns = { macs: BigInt(macs), labels: labels && JSON.stringify(labels) };
    await transaction.model.create({ data: { ...model, ...columns, factsVersion: FACTS_VERSION } });
  }

  /** Models whose facts were read of their file in another way than now. */
  async withOldFacts(): Promise<readonly Model[]> {
    const where = { factsVersion: { lt: FACTS_VERSION } };
    return (await this.database.reader.model.findMany({ where })).map(fromRow);
  }

  async saveFacts(transaction: Transaction, id: string, { macs, ...facts }: ModelFacts): Promise<void> {
    const data = { ...facts, macs: BigInt(macs), factsVersion: FACTS_VERSION };
    await transaction.model.update({ where: { id }, data });
  }

  async versions(modelId: string): Promise<readonly ModelVersion[]> {
    const rows = await this.database.reader.modelVersion.findMany({
      where: { modelId },
      orderBy: { number: 'asc' },
    });
    return rows.map(versionFromRow);
  }

  async findVersion(id: string, reader: Reader = this.database.reader): Promise<ModelVersion | null> {
    const row = await reader.modelVersion.findUnique({ where: { id } });
    return row && versionFromRow(row);
  }

  /** The newest one that was published. */
  async latestVersion(modelId: string, reader: Reader = this.database.reader): Promise<ModelVersion | null> {
    const row = await reader.modelVersion.findFirst({
      where: { modelId, ...PUBLISHED },
      orderBy: { number: 'desc' },
    });
    return row && versionFromRow(row);
  }

  /** Answers its number. */
  async addVersion(
    transaction: Transaction,
    { evaluation, judgement, ...version }: NewVersion,
  ): Promise<number> {
    const { modelId } = version;
    const newest = await transaction.modelVersion.findFirst({
      where: { modelId },
      select: { number: true },
      orderBy: { number: 'desc' },
    });
    const columns = { ...evaluationColumns(evaluation), ...judgementColumns(judgement) };
    const number = (newest?.number ?? 0) + 1;
    await transaction.modelVersion.create({ data: { ...version, ...columns, number } });
    return number;
  }

  async saveEvaluation(transaction: Transaction, id: string, evaluation: Tally): Promise<void> {
    await transaction.modelVersion.update({ where: { id }, data: evaluationColumns(evaluation) });
  }

  /** What a candidate was found to be; with a date it is published. */
  async saveJudgement(
    transaction: Transaction,
    id: string,
    { judgement, publishedAt }: Pick<ModelVersion, 'judgement' | 'publishedAt'>,
  ): Promise<void> {
    const data = { ...judgementColumns(judgement), publishedAt };
    await transaction.modelVersion.update({ where: { id }, data });
  }

  /** Versions whose figures belong to an earlier evaluation set are to be run again. */
  async forgetEvaluations(transaction: Transaction, modelId: string): Promise<readonly string[]> {
    await transaction.modelVersion.updateMany({ where: { modelId }, data: evaluationColumns(null) });
    const rows = await transaction.modelVersion.findMany({ where: { modelId }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  evaluationSet(modelId: string, reader: Reader = this.database.reader): Promise<EvaluationSet | null> {
    return reader.evaluationSet.findUnique({ where: { modelId } });
  }

  async saveEvaluationSet(transaction: Transaction, { modelId, ...set }: EvaluationSet): Promise<void> {
    await transaction.evaluationSet.upsert({ where: { modelId }, create: { modelId, ...set }, update: set });
  }

  async findArtifact(id: number): Promise<(Artifact & { readonly modelId: string }) | undefined> {
    const row = await this.database.reader.artifact.findUnique({ where: { id }, include: { version: true } });
    return row ? { ...row, layout: Number(row.layout), modelId: row.version.modelId } : undefined;
  }

  async artifacts(versionId: string, reader: Reader = this.database.reader): Promise<readonly Artifact[]> {
    const rows = await reader.artifact.findMany({ where: { versionId }, orderBy: { id: 'asc' } });
    return rows.map((row) => ({ ...row, layout: Number(row.layout) }));
  }

  /** The artifact of a version in a layout, added where it is not there yet. */
  async keepArtifact(transaction: Transaction, artifact: Omit<Artifact, 'id'>): Promise<Artifact> {
    const { versionId, digest, sizeBytes } = artifact;
    const layout = BigInt(artifact.layout);
    const row = await transaction.artifact.upsert({
      where: { versionId_layout: { versionId, layout } },
      create: { versionId, layout, digest, sizeBytes },
      update: {},
    });
    return { ...row, layout: artifact.layout };
  }
}

const PUBLISHED = { publishedAt: { not: null } };

/** Of a model that tells classes apart the losses are not summed: their sum is 0, or empty in rows that were there before the column. */
const evaluationColumns = (evaluation: Tally | null) => ({
  evaluatedItems: evaluation?.items ?? null,
  evaluatedRight: evaluation?.right ?? null,
  evaluatedLossSum: evaluation ? BigInt(evaluation.lossSum) : null,
});

const judgementColumns = (judgement: Judgement | null) => ({
  judgedOn: judgement?.on ?? null,
  judgedBefore: judgement?.before ?? null,
  judgedAfter: judgement?.after ?? null,
});

function versionFromRow(row: VersionRow): ModelVersion {
  const {
    evaluatedItems,
    evaluatedRight,
    evaluatedLossSum,
    judgedOn,
    judgedBefore,
    judgedAfter,
    ...version
  } = row;
  const evaluation =
    evaluatedItems === null || evaluatedRight === null
      ? null
      : { items: evaluatedItems, right: evaluatedRight, lossSum: Number(evaluatedLossSum ?? 0) };
  const judgement =
    judgedOn === null || judgedBefore === null || judgedAfter === null
      ? null
      : { on: judgedOn as Judgement['on'], before: judgedBefore, after: judgedAfter }; // held by a CHECK
  return { ...version, evaluation, judgement };
}

const fromRow = ({ macs, labels, objective, ...row }: ModelRow): Model => ({
  ...without(row, 'factsVersion'),
  objective: objective as Objective, // held by a CHECK
  macs: Number(macs),
  labels: labels === null ? null : (JSON.parse(labels) as readonly string[]),
});
