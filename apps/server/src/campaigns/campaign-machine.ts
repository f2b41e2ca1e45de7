import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { ok, type Result } from '#libs/base/result';
import {
  type CampaignEffect,
  type CampaignEvent,
  type CampaignState,
  deadlineOf,
  type Refusal,
  step,
} from '#libs/fleet/campaign';

import { CLOCK } from '../config/server-config.token';
import { Database, type Transaction } from '../database/database';
import { WorkService } from '../orders/work.service';
import { type Campaign, CampaignsRepository } from './campaigns.repository';
import { RoundRows } from './round-rows';

/** setTimeout holds at most 24.8 days; an early tick changes nothing. */
const MAX_TIMER_MS = 86_400_000;

/** Rows that belong to an event, written in its transaction: all of it is kept or nothing. */
export type RelatedWrites = (transaction: Transaction) => Promise<void>;

const NOTHING: RelatedWrites = () => Promise.resolve();

/**
 * Runs the reducer of libs/fleet/campaign over the database: loads a campaign, steps, and saves state, event and every row
 * that the effects call for in ONE transaction. What is left to do after the commit is only to wake someone up: devices
 * pull their work with `hello`, jobs are polled, timers are armed from the state. So nothing is lost where the server dies
 * between the two, and there is no outbox.
 *
 * `offered` and `progressed` are not fed to it: they decide nothing, and a fleet would write its state anew for each. What a
 * device is doing is shown from its execution's row.
 */
@Injectable()
export class CampaignMachine implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Campaigns');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly campaigns: CampaignsRepository,
    private readonly rows: RoundRows,
    private readonly work: WorkService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const campaign of await this.campaigns.underWay()) this.armTimer(campaign.id, campaign.machine);
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** A new draft. */
  async add(campaign: Campaign): Promise<void> {
    await this.database.inTransaction((transaction) => this.campaigns.add(transaction, campaign));
  }

  /** Takes an event, with the rows that go with it. A refused event writes nothing. */
  async take(
    campaignId: string,
    event: CampaignEvent,
    writes = NOTHING,
  ): Promise<Result<CampaignState, Refusal>> {
    const at = new Date(this.clock.now());
    const taken = await this.database.inTransaction(async (transaction) => {
      const before = await this.campaigns.find(campaignId, transaction);
      if (!before) throw new Error(`there is no campaign ${campaignId}`);
      const next = step(before.machine, event, at.getTime());
      if (!next.ok) return next;
      await writes(transaction);
      if (next.value.state !== before.machine) {
        const change = { before, machine: next.value.state, event, at };
        await this.campaigns.save(transaction, change);
        await this.rows.follow(transaction, change, next.value.effects);
      }
      return ok(next.value);
    });
    if (!taken.ok) return taken;
    this.armTimer(campaignId, taken.value.state);
    this.wake(taken.value.effects);
    return ok(taken.value.state);
  }

  /** Hints: whoever misses one finds the same in the database. */
  private wake(effects: readonly CampaignEffect[]): void {
    this.rows.wake(effects);
    const devices = effects.flatMap((effect) =>
      effect.kind === 'openRound' || effect.kind === 'withdraw' ? effect.devices : [],
    );
    this.tell([...new Set(devices)]).catch((error: unknown) =>
      this.logger.warn('not all devices were told', error),
    );
  }

  /** One after another: a fleet at once would be a query for each of its devices at once. */
  private async tell(devices: readonly string[]): Promise<void> {
    for (const device of devices) {
      if (this.isStopped) return;
      await this.work.push(device);
    }
  }

  private armTimer(id: string, state: CampaignState): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const due = deadlineOf(state);
    if (due === undefined) return;
    const wait = Math.min(Math.max(due - this.clock.now(), 0) + 1, MAX_TIMER_MS);
    this.timers.set(
      id,
      setTimeout(() => this.tick(id), wait),
    );
  }

  private tick(id: string): void {
    this.take(id, { kind: 'ticked' }).catch((error: unknown) =>
      this.logger.error(`campaign ${id} missed a tick`, error),
    );
  }
}
