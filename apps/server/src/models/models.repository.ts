import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import type { Objective } from '#libs/model/ir';
import type { Model as ModelRow } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';
import type { ModelFacts } from './model-facts';

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
  readonly evaluatedItems: number | null;
  readonly evaluatedRight: number | null;
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

export type NewVersion = Omit<ModelVersion, 'number' | 'evaluatedItems' | 'evaluatedRight'>;

@Injectable()
export class ModelsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly (Model & { readonly latest: ModelVersion })[]> {
    const rows = await this.database.reader.model.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: { versions: { orderBy: { number: 'desc' }, take: 1 } },
    });
    return rows.flatMap(({ versions: [latest], ...row }) => (latest ? [{ ...fromRow(row), latest }] : []));
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

  async isNameTaken(transaction: Transaction, name: string): Promise<boolean> {
    return (await transaction.model.count({ where: { name } })) > 0;
  }

  async add(transaction: Transaction, { macs, labels, ...model }: Model): Promise<void> {
    const columns = { macs: BigInt(macs), labels: labels && JSON.stringify(labels) };
    await transaction.model.create({ data: { ...model, ...columns } });
  }

  versions(modelId: string): Promise<readonly ModelVersion[]> {
    return this.database.reader.modelVersion.findMany({ where: { modelId }, orderBy: { number: 'asc' } });
  }

  findVersion(id: string, reader: Reader = this.database.reader): Promise<ModelVersion | null> {
    return reader.modelVersion.findUnique({ where: { id } });
  }

  latestVersion(modelId: string, reader: Reader = this.database.reader): Promise<ModelVersion | null> {
    return reader.modelVersion.findFirst({ where: { modelId }, orderBy: { number: 'desc' } });
  }

  async addVersion(transaction: Transaction, version: NewVersion): Promise<ModelVersion> {
    const latest = await this.latestVersion(version.modelId, transaction);
    return transaction.modelVersion.create({ data: { ...version, number: (latest?.number ?? 0) + 1 } });
  }

  async saveEvaluation(
    transaction: Transaction,
    id: string,
    { items, right }: { items: number; right: number },
  ): Promise<void> {
    await transaction.modelVersion.update({
      where: { id },
      data: { evaluatedItems: items, evaluatedRight: right },
    });
  }

  /** Versions whose figures belong to an earlier evaluation set are to be run again. */
  async forgetEvaluations(transaction: Transaction, modelId: string): Promise<readonly string[]> {
    const blank = { evaluatedItems: null, evaluatedRight: null };
    await transaction.modelVersion.updateMany({ where: { modelId }, data: blank });
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

const fromRow = ({ macs, labels, objective, ...row }: ModelRow): Model => ({
  ...row,
  objective: objective as Objective, // held by a CHECK
  macs: Number(macs),
  labels: labels === null ? null : (JSON.parse(labels) as readonly string[]),
});
