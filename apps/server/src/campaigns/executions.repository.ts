import { Injectable } from '@nestjs/common';

import { invariant } from '#libs/base/result';
import type { ItemOrder, SessionEnd } from '#libs/fleet/protocol';
import type { ScheduleName } from '#libs/model/quant';
import type { Measure } from '#libs/model/session';
import type { Execution as Row, Prisma } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';
import type { ExecutionState } from './execution-state';
import { MEASURED, measureFromRow } from './measured';

/** What a session measured; counts and sums as on the wire. */
export interface Measurements {
  readonly testItems?: number;
  /** Absent where the model tells no classes apart. */
  readonly rightBefore?: number;
  readonly rightAfter?: number;
  /** Mean on the test set, as devices count losses (`Measure`). */
  readonly lossBefore?: number;
  readonly lossAfter?: number;
  readonly learnedItems?: number;
  readonly steps?: number;
  readonly passLosses?: readonly number[];
  readonly guardRestarts?: number;
  readonly sessionEnd?: SessionEnd;
  readonly saturatedWeights?: number;
  readonly saturatedHeadWeights?: number;
  readonly saturatedBiases?: number;
  readonly peakSramBytes?: number;
  readonly peakStackBytes?: number;
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

export interface Execution extends Measurements {
  /** The wire's. */
  readonly id: number;
  readonly roundId: string;
  readonly deviceId: string;
  readonly attempt: number;
  readonly state: ExecutionState;
  readonly status: number | null;
  readonly reason: string | null;
  /** What the device last said it was doing. */
  readonly phase: string | null;
  /** What the device says it will upload; null: nothing yet. */
  readonly upload: AnnouncedUpload | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface AnnouncedUpload {
  /** SHA-256 of the delta before encoding, hexadecimal. */
  readonly digest: string;
  /** Encoded. */
  readonly bytes: number;
}

/** An execution with all that its device's work order says. */
export interface OrderedExecution extends Execution {
  readonly round: {
    readonly id: string;
    readonly number: number;
    readonly kind: string;
    readonly baseVersionId: string;
  };
  readonly campaign: {
    readonly id: string;
    readonly passes: number;
    readonly learningRate: number;
    readonly schedule: ScheduleName;
    readonly itemOrder: ItemOrder;
    readonly stopBelowLoss: number;
    readonly stopPatience: number;
    readonly stopLeastFall: number;
    readonly seed: number;
  };
  readonly artifact: { readonly id: number; readonly digest: string; readonly sizeBytes: number };
  readonly device: {
    readonly id: string;
    readonly uid: string;
    readonly fleetId: string;
    readonly buildId: string | null;
  };
}

export interface NewExecution {
  readonly roundId: string;
  readonly deviceId: string;
  readonly artifactId: number;
  readonly createdAt: Date;
}

export interface Ending {
  readonly state: Exclude<ExecutionState, 'open' | 'uploading'>;
  readonly status?: number;
  readonly reason?: string;
  readonly endedAt: Date;
  readonly measured?: Measurements;
}

export interface ReceivedDelta {
  readonly executionId: number;
  readonly scheme: number;
  /** The blob: the bytes before encoding. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly encodedBytes: number;
  readonly receivedAt: Date;
}

/** The campaign's machine is as large as its fleet: a device's part does not need it. */
const ORDERED = {
  round: { include: { campaign: { omit: { machine: true } } } },
  artifact: true,
  device: true,
} satisfies Prisma.ExecutionInclude;

type OrderedRow = Prisma.ExecutionGetPayload<{ include: typeof ORDERED }>;

@Injectable()
export class ExecutionsRepository {
  constructor(private readonly database: Database) {}

  async find(id: number, reader: Reader = this.database.reader): Promise<OrderedExecution | undefined> {
    const row = await reader.execution.findUnique({ where: { id }, include: ORDERED });
    return row ? orderedFromRow(row) : undefined;
  }

  /** The execution that a device is to work on: at most one, because a fleet has one running campaign. */
  async openOf(
    deviceId: string,
    reader: Reader = this.database.reader,
  ): Promise<OrderedExecution | undefined> {
    const row = await reader.execution.findFirst({
      where: { deviceId, state: { in: ['open', 'uploading'] } },
      include: ORDERED,
      orderBy: { id: 'desc' },
    });
    return row ? orderedFromRow(row) : undefined;
  }

  /** What the campaign of an execution is measured by. Devices need not know: only what they tell is read by it. */
  async measureOf({ campaign: { id } }: Pick<OrderedExecution, 'campaign'>): Promise<Measure> {
    const row = await this.database.reader.campaign.findUnique({ where: { id }, select: MEASURED });
    invariant(row, `there is a campaign ${id}`);
    return measureFromRow(row);
  }

  /** How many items the device learned from when it last told, before this execution. */
  async learnedItemsBefore({
    id,
    deviceId,
  }: Pick<Execution, 'id' | 'deviceId'>): Promise<number | undefined> {
    const row = await this.database.reader.execution.findFirst({
      where: { deviceId, id: { lt: id }, learnedItems: { not: null } },
      select: { learnedItems: true },
      orderBy: { id: 'desc' },
    });
    return row?.learnedItems ? Number(row.learnedItems) : undefined;
  }

  async ofRound(roundId: string, reader: Reader = this.database.reader): Promise<readonly Execution[]> {
    const rows = await reader.execution.findMany({ where: { roundId }, orderBy: { deviceId: 'asc' } });
    return rows.map(fromRow);
  }

  /** The deltas of a round, by device: the fixed order of the aggregate. */
  async deltasOfRound(
    roundId: string,
  ): Promise<readonly (ReceivedDelta & { readonly execution: Execution })[]> {
    const rows = await this.database.reader.execution.findMany({
      where: { roundId, delta: { isNot: null } },
      include: { delta: true },
      orderBy: { deviceId: 'asc' },
    });
    return rows.flatMap(({ delta, ...row }) =>
      delta ? [{ ...delta, scheme: Number(delta.scheme), execution: fromRow(row) }] : [],
    );
  }

  async addAll(transaction: Transaction, executions: readonly NewExecution[]): Promise<void> {
    const data = executions.map((execution) => ({ ...execution, state: 'open' }));
    await transaction.execution.createMany({ data });
  }

  /** Keeps what was measured, before the delta comes. */
  async announceUpload(
    transaction: Transaction,
    id: number,
    upload: AnnouncedUpload,
    measured: Measurements,
  ): Promise<void> {
    const data = {
      state: 'uploading',
      deltaDigest: upload.digest,
      deltaBytes: upload.bytes,
      ...toColumns(measured),
    };
    await transaction.execution.update({ where: { id }, data });
  }

  async savePhase(transaction: Transaction, id: number, phase: string): Promise<void> {
    await transaction.execution.update({ where: { id }, data: { phase } });
  }

  async end(transaction: Transaction, id: number, { measured = {}, ...ending }: Ending): Promise<void> {
    await transaction.execution.update({ where: { id }, data: { ...ending, ...toColumns(measured) } });
  }

  /** What is still going in a round ends with it; answers whose. */
  async closeRound(transaction: Transaction, roundId: string, endedAt: Date): Promise<readonly string[]> {
    const where: Prisma.ExecutionWhereInput = { roundId, state: { in: ['open', 'uploading'] } };
    const rows = await transaction.execution.findMany({ where, select: { deviceId: true } });
    await transaction.execution.updateMany({ where, data: { state: 'closed', endedAt } });
    return rows.map(({ deviceId }) => deviceId);
  }

  async addDelta(transaction: Transaction, { scheme, ...delta }: ReceivedDelta): Promise<void> {
    await transaction.delta.create({ data: { ...delta, scheme: BigInt(scheme) } });
  }
}

function toColumns({ passLosses, sessionEnd, ...counts }: Measurements) {
  const columns = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, BigInt(count)]));
  return {
    ...columns,
    ...(passLosses && { passLosses: JSON.stringify(passLosses) }),
    ...(sessionEnd && { sessionEnd }),
  };
}

const COUNTS = [
  'testItems',
  'rightBefore',
  'rightAfter',
  'lossBefore',
  'lossAfter',
  'learnedItems',
  'steps',
  'guardRestarts',
  'saturatedWeights',
  'saturatedHeadWeights',
  'saturatedBiases',
  'peakSramBytes',
  'peakStackBytes',
  'receivedBytes',
  'sentBytes',
] as const satisfies readonly (keyof Measurements)[];

function fromRow(row: Row): Execution {
  const {
    id,
    roundId,
    deviceId,
    attempt,
    status,
    reason,
    phase,
    createdAt,
    endedAt,
    deltaDigest,
    deltaBytes,
  } = row;
  const upload =
    deltaDigest === null || deltaBytes === null ? null : { digest: deltaDigest, bytes: deltaBytes };
  const counts = Object.fromEntries(
    COUNTS.flatMap((name) => (row[name] === null ? [] : [[name, Number(row[name])]])),
  ) as Measurements;
  const passLosses = row.passLosses === null ? {} : { passLosses: JSON.parse(row.passLosses) as number[] };
  const sessionEnd = row.sessionEnd === null ? {} : { sessionEnd: row.sessionEnd as SessionEnd };
  const state = row.state as ExecutionState;
  const times = { createdAt, endedAt };
  return {
    id,
    roundId,
    deviceId,
    attempt,
    state,
    status,
    reason,
    phase,
    upload,
    ...times,
    ...counts,
    ...passLosses,
    ...sessionEnd,
  };
}

function orderedFromRow({
  round: { campaign, ...round },
  artifact,
  device,
  ...row
}: OrderedRow): OrderedExecution {
  const { seed, schedule, itemOrder, ...settings } = campaign;
  return {
    ...fromRow(row),
    round,
    campaign: {
      ...settings,
      seed: Number(seed),
      schedule: schedule as ScheduleName,
      itemOrder: itemOrder as ItemOrder,
    },
    artifact,
    device,
  };
}
