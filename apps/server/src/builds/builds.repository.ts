import { Injectable } from '@nestjs/common';

import type { DeltaLayout } from '#libs/fleet/delta';
import type { Build as BuildRow } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';

/** A program that was linked and found to keep its promise. */
export interface Build {
  readonly id: string;
  /** SHA-256 of everything that decides the program. */
  readonly key: string;
  readonly board: string;
  readonly sramBytes: number;
  readonly flashBytes: number;
  /** Null: the program without a model, which can only enrol. */
  readonly modelId: string | null;
  readonly layout: number;
  readonly scheme: number;
  readonly schemeName: string;
  readonly schemeJson: string;
  readonly deltaLayout: DeltaLayout;
  readonly planJson: string;
  /** What the plan promised: arena, static data and stack. */
  readonly plannedPeakBytes: number;
  /** What the linked program takes: .data + .bss + stack reserve. */
  readonly elfPeakBytes: number;
  readonly elfFlashBytes: number;
  readonly stackBytes: number;
  readonly elfDigest: string;
  readonly wasmDigest: string | null;
  readonly createdAt: Date;
}

@Injectable()
export class BuildsRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, reader: Reader = this.database.reader): Promise<Build | undefined> {
    const row = await reader.build.findUnique({ where: { id } });
    return row ? fromRow(row) : undefined;
  }

  async findByKey(key: string, reader: Reader = this.database.reader): Promise<Build | undefined> {
    const row = await reader.build.findUnique({ where: { key } });
    return row ? fromRow(row) : undefined;
  }

  async findAll(ids: readonly string[]): Promise<ReadonlyMap<string, Build>> {
    const rows = await this.database.reader.build.findMany({ where: { id: { in: [...ids] } } });
    return new Map(rows.map((row) => [row.id, fromRow(row)]));
  }

  async add(transaction: Transaction, { layout, scheme, deltaLayout, ...build }: Build): Promise<void> {
    const columns = {
      layout: BigInt(layout),
      scheme: BigInt(scheme),
      deltaJson: JSON.stringify(deltaLayout),
    };
    await transaction.build.create({ data: { ...build, ...columns } });
  }
}

const fromRow = ({ layout, scheme, deltaJson, ...row }: BuildRow): Build => ({
  ...row,
  layout: Number(layout),
  scheme: Number(scheme),
  deltaLayout: JSON.parse(deltaJson) as DeltaLayout,
});
