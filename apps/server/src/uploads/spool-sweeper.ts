import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { isGoing } from '../campaigns/execution-state';
import { ExecutionsRepository } from '../campaigns/executions.repository';
import { DeltaSpool } from './delta-spool';

const SWEEP_MS = 600_000;

/** Deletes the pieces of devices that never came back: their rounds were closed without them. */
@Injectable()
export class SpoolSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Spool');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly spool: DeltaSpool,
    private readonly executions: ExecutionsRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.start(), SWEEP_MS);
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  async sweep(): Promise<void> {
    for (const id of await this.spool.executions()) {
      const execution = await this.executions.find(id);
      if (!execution || !isGoing(execution.state)) await this.spool.remove(id);
    }
  }

  private start(): void {
    this.sweeping = this.sweep().catch((error: unknown) =>
      this.logger.error('the spool was not swept', error),
    );
  }
}
