import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

import { CLOCK } from '../config/server-config.token';
import { Database, type Transaction } from '../database/database';
import { AuditRepository, type NewAuditEvent } from './audit.repository';

/** The same thing about the same subject within this time is one row with a count. */
const COALESCE_MS = 60_000;
/** Subjects of one code within that time; strangers choose their names, so what is beyond shares one row. */
const MAX_SUBJECTS = 100;
const OTHERS = '(others)';

interface Recent {
  readonly since: number;
  /** Ids of rows, by subject. */
  readonly rows: Map<string, Promise<number>>;
}

/** What happens before anyone is known: connections, enrolments, payloads. */
const isAboutStrangers = (code: string): boolean => /^(mqtt|enrolment|protocol)\./.test(code);

/**
 * What happened that people may ask about later. Recording never fails its caller and never floods the database: a device
 * that is refused a hundred times a minute makes one row.
 */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly recent = new Map<string, Recent>();
  private writes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly events: AuditRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  record(event: NewAuditEvent): void {
    const at = this.clock.now();
    const ofCode = this.recentOf(event.code, at);
    const isNew = !ofCode.has(event.subject);
    const isOneTooMany = isNew && ofCode.size >= MAX_SUBJECTS && isAboutStrangers(event.code);
    const subject = isOneTooMany ? OTHERS : event.subject;
    const row = ofCode.get(subject);
    if (row === undefined) ofCode.set(subject, this.add({ ...event, subject }, at));
    else this.countAgain(row, at);
  }

  /** What happens once, kept with the rows that make it so; never counted on. */
  async recordIn(transaction: Transaction, event: NewAuditEvent): Promise<void> {
    await this.events.add(transaction, event, this.clock.now());
  }

  /** Waits for what was recorded so far. */
  async flush(): Promise<void> {
    await this.writes;
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** The rows of a code that are still counted on, by subject. */
  private recentOf(code: string, at: number): Map<string, Promise<number>> {
    const known = this.recent.get(code);
    if (known && at - known.since < COALESCE_MS) return known.rows;
    const rows = new Map<string, Promise<number>>();
    this.recent.set(code, { since: at, rows });
    return rows;
  }

  private add(event: NewAuditEvent, at: number): Promise<number> {
    const id = this.database.inTransaction((transaction) => this.events.add(transaction, event, at));
    this.keep(id);
    return id;
  }

  private countAgain(row: Promise<number>, at: number): void {
    const count = async (): Promise<void> => {
      const id = await row;
      await this.database.inTransaction((transaction) => this.events.countAgain(transaction, id, at));
    };
    this.keep(count());
  }

  private keep(write: Promise<unknown>): void {
    const settled = write.catch((error: unknown) => this.logger.error('an event was not recorded', error));
    this.writes = this.writes.then(() => settled);
  }
}
