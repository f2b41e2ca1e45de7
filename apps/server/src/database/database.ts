import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';

import { type Prisma, PrismaClient } from '#prisma';

import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import { applyMigrations } from './migrations';

/** An open transaction: the only thing that can write. */
export type Transaction = Prisma.TransactionClient;
type ModelName = Uncapitalize<Prisma.ModelName>;
type Reading = 'findUnique' | 'findFirst' | 'findMany' | 'count';

/** What sees rows and can't write: a transaction, or the connection that sees committed rows only. */
export type Reader = {
  readonly [M in ModelName]: Pick<Transaction[M], Reading & keyof Transaction[M]>;
} & Pick<Transaction, '$queryRawUnsafe'>;

const WAIT_MS = 30_000;

/**
 * SQLite through Prisma on two connections.
 *
 * Prisma's SQLite adapter has one connection and begins interactive transactions on it: whatever else runs on that
 * client meanwhile lands inside the transaction and is lost if it rolls back. So writes go through `inTransaction`
 * alone (one at a time, in order of arrival), and reads have a connection of their own that SQLite holds to reading.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  readonly reader: Reader;
  private readonly readingClient: PrismaClient;
  private readonly writingClient: PrismaClient;

  constructor(@Inject(SERVER_CONFIG) private readonly config: ServerConfig) {
    this.readingClient = connect(config.databaseUrl);
    this.writingClient = connect(config.databaseUrl);
    this.reader = this.readingClient;
  }

  async onModuleInit(): Promise<void> {
    applyMigrations(this.config.databaseUrl);
    await this.writingClient.$queryRawUnsafe('PRAGMA journal_mode = WAL');
    await this.writingClient.$executeRawUnsafe('PRAGMA synchronous = NORMAL');
    await this.readingClient.$executeRawUnsafe('PRAGMA query_only = ON');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.readingClient.$disconnect();
    await this.writingClient.$disconnect();
  }

  /** Runs `work` in one transaction: all of its writes are kept, or none where it throws. */
  inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.writingClient.$transaction(work, { maxWait: WAIT_MS, timeout: WAIT_MS });
  }
}

/** Times are stored as milliseconds since 1970, so that rows written by raw SQL compare rightly with Prisma's. */
function connect(url: string): PrismaClient {
  const adapter = new PrismaBetterSqlite3({ url, timeout: 5_000 }, { timestampFormat: 'unixepoch-ms' });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: WAIT_MS, timeout: WAIT_MS } });
}
