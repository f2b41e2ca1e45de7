import { Injectable } from '@nestjs/common';

import { Database, type Reader, type Transaction } from '../database/database';

export interface Fleet {
  readonly id: string;
  readonly name: string;
  readonly modelId: string | null;
  readonly createdAt: Date;
}

export interface FleetSummary extends Fleet {
  readonly devices: number;
}

export interface EnrolmentToken {
  readonly id: string;
  readonly fleetId: string;
  readonly secretHash: string;
  readonly quota: number;
  readonly used: number;
  readonly expiresAt: Date;
}

@Injectable()
export class FleetsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly FleetSummary[]> {
    const rows = await this.database.reader.fleet.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: { _count: { select: { devices: true } } },
    });
    return rows.map(({ _count, ...fleet }) => ({ ...fleet, devices: _count.devices }));
  }

  async find(id: string, reader: Reader = this.database.reader): Promise<FleetSummary | undefined> {
    const row = await reader.fleet.findUnique({
      where: { id },
      include: { _count: { select: { devices: true } } },
    });
    if (!row) return undefined;
    const { _count, ...fleet } = row;
    return { ...fleet, devices: _count.devices };
  }

  async isNameTaken(transaction: Transaction, name: string): Promise<boolean> {
    return (await transaction.fleet.count({ where: { name } })) > 0;
  }

  add(transaction: Transaction, fleet: Omit<Fleet, 'modelId'>): Promise<Fleet> {
    return transaction.fleet.create({ data: fleet });
  }

  async assignModel(transaction: Transaction, id: string, modelId: string): Promise<void> {
    await transaction.fleet.update({ where: { id }, data: { modelId } });
  }

  async hasOpenCampaign(transaction: Transaction, fleetId: string): Promise<boolean> {
    return (await transaction.campaign.count({ where: { activeFleetId: fleetId } })) > 0;
  }

  async addToken(
    transaction: Transaction,
    token: Omit<EnrolmentToken, 'used'> & { createdAt: Date },
  ): Promise<void> {
    await transaction.enrolmentToken.create({ data: token });
  }

  findToken(id: string): Promise<EnrolmentToken | null> {
    return this.database.reader.enrolmentToken.findUnique({ where: { id } });
  }

  /** Takes one of the enrolments that a token is good for; undefined where none is left or its time is over. */
  async spendToken(transaction: Transaction, id: string, now: Date): Promise<EnrolmentToken | undefined> {
    const token = await transaction.enrolmentToken.findUnique({ where: { id } });
    if (!token || token.used >= token.quota || token.expiresAt <= now) return undefined;
    return transaction.enrolmentToken.update({ where: { id }, data: { used: { increment: 1 } } });
  }
}
