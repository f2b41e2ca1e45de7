import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import type { Progress } from '#libs/fleet/protocol';

import { CLOCK, SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import { Database } from '../database/database';
import { TelemetryRepository, type TelemetryRow } from './telemetry.repository';

const FLUSH_ROWS = 500;
const FLUSH_MS = 250;
/** More than this waiting means that the disk does not follow: the newest rows are dropped, and said to be. */
const MAX_WAITING = 20_000;
const RETENTION_CHECK_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Progress frames, written in batches. Telemetry is not acknowledged: what a crash loses within a quarter of a second
 * is lost. Rows older than FLEETLEARN_TELEMETRY_RETENTION_DAYS are deleted every hour; results are not telemetry and stay.
 */
@Injectable()
export class TelemetryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Telemetry');
  private waiting: TelemetryRow[] = [];
  private dropped = 0;
  private writing: Promise<void> = Promise.resolve();
  private flushTimer: NodeJS.Timeout | undefined;
  private retentionTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly rows: TelemetryRepository,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  add(deviceId: string, { execution, ...progress }: Progress): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting.push({ deviceId, executionId: execution, ...progress, at: new Date(this.clock.now()) });
    if (this.waiting.length >= FLUSH_ROWS) this.flush();
    else this.flushTimer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  onApplicationBootstrap(): void {
    this.retentionTimer = setInterval(() => this.forgetOld(), RETENTION_CHECK_MS);
    this.forgetOld();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.retentionTimer);
    this.flush();
    await this.writing;
  }

  private flush(): void {
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    const rows = this.waiting;
    this.waiting = [];
    if (rows.length > 0) this.write((transaction) => this.rows.addAll(transaction, rows));
    if (this.dropped > 0)
      this.logger.warn(`${this.dropped} progress frames were dropped: the database is too slow`);
    this.dropped = 0;
  }

  private forgetOld(): void {
    const before = new Date(this.clock.now() - this.config.telemetryRetentionDays * DAY_MS);
    this.write(async (transaction) => {
      const count = await this.rows.removeBefore(transaction, before);
      if (count > 0)
        this.logger.log(`${count} rows of telemetry from before ${before.toISOString()} deleted`);
    });
  }

  private write(work: Parameters<Database['inTransaction']>[0]): void {
    const written = this.database
      .inTransaction(work)
      .then(() => undefined)
      .catch((error: unknown) => this.logger.error('telemetry was lost', error));
    this.writing = this.writing.then(() => written);
  }
}
