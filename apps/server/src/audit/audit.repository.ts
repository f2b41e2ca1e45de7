import { Injectable } from '@nestjs/common';

import type { Prisma } from '#prisma';

import { Database, type Transaction } from '../database/database';
import type { Page, PageQuery } from '../http/paging';

export interface NewAuditEvent {
  /** Stable: `mqtt.publish-refused`, `device.enrolled`, … */
  readonly code: string;
  /** Whom it is about: a device, a fleet, a campaign, or the client id of a stranger. */
  readonly subject: string;
  readonly message: string;
}

export interface AuditEvent extends NewAuditEvent {
  readonly id: number;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface AuditFilter extends PageQuery {
  readonly code?: string;
  readonly subject?: string;
}

@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  async add(transaction: Transaction, event: NewAuditEvent, at: number): Promise<number> {
    const time = new Date(at);
    const { id } = await transaction.auditEvent.create({ data: { ...event, firstAt: time, lastAt: time } });
    return id;
  }

  async countAgain(transaction: Transaction, id: number, at: number): Promise<void> {
    await transaction.auditEvent.update({
      where: { id },
      data: { count: { increment: 1 }, lastAt: new Date(at) },
    });
  }

  async page({ code, subject, skip, take }: AuditFilter): Promise<Page<AuditEvent>> {
    const where: Prisma.AuditEventWhereInput = { ...(code && { code }), ...(subject && { subject }) };
    const [items, total] = await Promise.all([
      this.database.reader.auditEvent.findMany({ where, skip, take, orderBy: { id: 'desc' } }),
      this.database.reader.auditEvent.count({ where }),
    ]);
    return { items, total };
  }
}
