import { Injectable } from '@nestjs/common';

import type { Prisma } from '#prisma';

import { Database, type Transaction } from '../database/database';
import type { Page, PageQuery } from '../http/paging';

export interface TelemetryRow {
  readonly deviceId: string;
  readonly executionId: number;
  readonly attempt: number;
  readonly phase: string;
  readonly pass: number;
  readonly done: number;
  readonly total: number;
  /** Mean so far, as devices count losses (libs/model/session, `Measure`). */
  readonly loss: number;
  readonly right: number;
  readonly peakSramBytes: number;
  readonly peakStackBytes: number;
  readonly at: Date;
}

export interface TelemetryFilter extends PageQuery {
  readonly deviceId?: string;
  readonly executionId?: number;
}

/** One statement a batch: eleven times the rows per CPU-second of createMany. Dates are stored as Prisma stores them. */
const INSERT = `
INSERT INTO "Telemetry" ("deviceId", "executionId", "attempt", "phase", "pass", "done", "total", "loss", "right",
                         "peakSramBytes", "peakStackBytes", "at")
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
       value->>9, value->>10, value->>11
FROM json_each(?)`;

@Injectable()
export class TelemetryRepository {
  constructor(private readonly database: Database) {}

  async addAll(transaction: Transaction, rows: readonly TelemetryRow[]): Promise<void> {
    await transaction.$executeRawUnsafe(INSERT, JSON.stringify(rows.map(asTuple)));
  }

  /** Answers how many rows went. */
  async removeBefore(transaction: Transaction, time: Date): Promise<number> {
    const { count } = await transaction.telemetry.deleteMany({ where: { at: { lt: time } } });
    return count;
  }

  async page({ deviceId, executionId, skip, take }: TelemetryFilter): Promise<Page<TelemetryRow>> {
    const where: Prisma.TelemetryWhereInput = {
      ...(deviceId !== undefined && { deviceId }),
      ...(executionId !== undefined && { executionId }),
    };
    const [rows, total] = await Promise.all([
      this.database.reader.telemetry.findMany({
        where,
        skip,
        take,
        orderBy: { id: 'asc' },
        omit: { id: true },
      }),
      this.database.reader.telemetry.count({ where }),
    ]);
    return { items: rows.map(asNumbers), total };
  }
}

const asTuple = (row: TelemetryRow): readonly (string | number)[] => [
  row.deviceId,
  row.executionId,
  row.attempt,
  row.phase,
  row.pass,
  row.done,
  row.total,
  row.loss,
  row.right,
  row.peakSramBytes,
  row.peakStackBytes,
  row.at.getTime(),
];

type Stored<T> = { readonly [K in keyof T]: T[K] extends number ? number | bigint : T[K] };

const asNumbers = (row: Stored<TelemetryRow>): TelemetryRow => ({
  ...row,
  executionId: Number(row.executionId),
  attempt: Number(row.attempt),
  pass: Number(row.pass),
  done: Number(row.done),
  total: Number(row.total),
  loss: Number(row.loss),
  right: Number(row.right),
  peakSramBytes: Number(row.peakSramBytes),
  peakStackBytes: Number(row.peakStackBytes),
});
