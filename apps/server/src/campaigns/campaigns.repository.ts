import { Injectable } from '@nestjs/common';

import type {
  CampaignEvent,
  CampaignState,
  CampaignStatus,
  Publishing,
  RoundPurpose,
  RoundStatus,
} from '#libs/fleet/campaign';
import type { ItemOrder } from '#libs/fleet/protocol';
import type { ScheduleName } from '#libs/model/quant';
import type { Measure } from '#libs/model/session';
import type { Prisma, Round as RoundRow } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';
import { without } from '../database/without';
import { MEASURED, measureFromRow } from './measured';

export interface CampaignSettings {
  readonly name: string;
  readonly rounds: number;
  /** Passes of a device over its items, each round. */
  readonly passes: number;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly itemOrder: ItemOrder;
  /** Early end (NUMERICS N11): losses as devices count them (`Measure`); 0: never. */
  readonly stopBelowLoss: number;
  readonly stopPatience: number;
  readonly stopLeastFall: number;
  /** Which of its versions others start from. */
  readonly publishing: Publishing;
  readonly seed: number;
  /** Deltas that a round needs. */
  readonly quorum: number;
  readonly roundDeadlineSeconds: number;
}

export interface Campaign extends CampaignSettings {
  readonly id: string;
  readonly fleetId: string;
  /** What the first round is trained from. */
  readonly baseVersionId: string;
  /** What tells how good its versions are: the model's. */
  readonly measure: Measure;
  readonly state: CampaignStatus;
  readonly reason: string | null;
  readonly machine: CampaignState;
  /** Counts the events taken. */
  readonly version: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface CampaignRound {
  readonly id: string;
  readonly campaignId: string;
  /** From 1; the final evaluation follows the last training round. */
  readonly number: number;
  readonly kind: RoundPurpose;
  readonly state: RoundStatus;
  readonly reason: string | null;
  readonly baseVersionId: string;
  readonly resultVersionId: string | null;
  readonly openedAt: Date;
  readonly deadlineAt: Date;
  readonly closedAt: Date | null;
}

/** A change of a campaign: what it was, what it becomes, and by what. */
export interface Change {
  readonly before: Campaign;
  readonly machine: CampaignState;
  readonly event: CampaignEvent;
  readonly at: Date;
}

const UNDER_WAY: CampaignStatus[] = ['running', 'evaluating'];

@Injectable()
export class CampaignsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly Campaign[]> {
    const rows = await this.database.reader.campaign.findMany({
      include: MEASURED,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  async find(id: string, reader: Reader = this.database.reader): Promise<Campaign | undefined> {
    const row = await reader.campaign.findUnique({ where: { id }, include: MEASURED });
    return row ? fromRow(row) : undefined;
  }

  async underWay(): Promise<readonly Campaign[]> {
    const rows = await this.database.reader.campaign.findMany({
      where: { state: { in: UNDER_WAY } },
      include: MEASURED,
    });
    return rows.map(fromRow);
  }

  async isFleetBusy(transaction: Transaction, fleetId: string): Promise<boolean> {
    return (await transaction.campaign.count({ where: { activeFleetId: fleetId } })) > 0;
  }

  async add(transaction: Transaction, campaign: Campaign): Promise<void> {
    const { machine, seed, ...settings } = without(campaign, 'measure');
    const data = { ...settings, seed: BigInt(seed), machine: JSON.stringify(machine) };
    await transaction.campaign.create({ data });
  }

  /** What the next round is trained from: the newest version that a round made, or what the campaign began with. */
  async currentVersion(transaction: Transaction, id: string): Promise<string> {
    const made = await transaction.round.findFirst({
      where: { campaignId: id, resultVersionId: { not: null } },
      orderBy: { number: 'desc' },
    });
    if (made?.resultVersionId) return made.resultVersionId;
    const campaign = await transaction.campaign.findUniqueOrThrow({
      where: { id },
      select: { baseVersionId: true },
    });
    return campaign.baseVersionId;
  }

  async setBaseVersion(transaction: Transaction, id: string, baseVersionId: string): Promise<void> {
    await transaction.campaign.update({ where: { id }, data: { baseVersionId } });
  }

  /** Keeps a new state and the event that made it; throws where the campaign is not what it was when it was read. */
  async save(transaction: Transaction, { before, machine, event, at }: Change): Promise<void> {
    const isStart = event.kind === 'started';
    const isEnd = machine.status !== before.state && !UNDER_WAY.includes(machine.status);
    const { count } = await transaction.campaign.updateMany({
      where: { id: before.id, version: before.version },
      data: {
        state: machine.status,
        activeFleetId: UNDER_WAY.includes(machine.status) ? before.fleetId : null,
        reason: machine.reason ?? null,
        machine: JSON.stringify(machine),
        version: before.version + 1,
        ...(isStart && { startedAt: at }),
        ...(isEnd && { endedAt: at }),
      },
    });
    if (count !== 1) throw new Error(`campaign ${before.id} has changed since version ${before.version}`);
    const row = { campaignId: before.id, sequence: before.version + 1, at, event: JSON.stringify(event) };
    await transaction.campaignEvent.create({ data: row });
  }

  async rounds(campaignId: string, reader: Reader = this.database.reader): Promise<readonly CampaignRound[]> {
    const rows = await reader.round.findMany({ where: { campaignId }, orderBy: { number: 'asc' } });
    return rows.map(roundFromRow);
  }

  async findRound(id: string): Promise<CampaignRound | undefined> {
    const row = await this.database.reader.round.findUnique({ where: { id } });
    return row ? roundFromRow(row) : undefined;
  }

  async isAggregating(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.round.count({ where: { id, state: 'aggregating' } })) > 0;
  }

  async addRound(transaction: Transaction, round: CampaignRound): Promise<void> {
    await transaction.round.create({ data: round });
  }

  async saveRound(
    transaction: Transaction,
    id: string,
    change: Partial<Pick<CampaignRound, 'state' | 'reason' | 'deadlineAt' | 'closedAt' | 'resultVersionId'>>,
  ): Promise<void> {
    await transaction.round.update({ where: { id }, data: change });
  }
}

type CampaignRow = Prisma.CampaignGetPayload<{ include: typeof MEASURED }>;

const fromRow = (row: CampaignRow): Campaign => ({
  ...without(row, 'activeFleetId', 'baseVersion'),
  measure: measureFromRow(row),
  seed: Number(row.seed),
  schedule: row.schedule as ScheduleName,
  itemOrder: row.itemOrder as ItemOrder,
  publishing: row.publishing as Publishing, // held by a CHECK
  state: row.state as CampaignStatus,
  machine: JSON.parse(row.machine) as CampaignState,
});

const roundFromRow = (row: RoundRow): CampaignRound => ({
  ...row,
  kind: row.kind as RoundPurpose,
  state: row.state as RoundStatus,
});
