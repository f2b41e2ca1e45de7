import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { type Ack, codeSentence, type RefusalName, type SessionResult, Status } from '#libs/fleet/protocol';

import { AuditService } from '../audit/audit.service';
import { CampaignMachine } from '../campaigns/campaign-machine';
import {
  type Ending,
  ExecutionsRepository,
  type OrderedExecution,
  type ReceivedDelta,
} from '../campaigns/executions.repository';
import { CLOCK } from '../config/server-config.token';
import { aboutOf, over } from './answers';
import { DeltaSpool } from './delta-spool';
import { measurementsOf } from './measurements';

export type AcceptedDelta = Omit<ReceivedDelta, 'executionId' | 'receivedAt'>;

/** What the campaign is told, and what the device is answered. */
interface Outcome {
  readonly event: { readonly kind: 'stored' } | { readonly kind: 'executionFailed'; readonly code: number };
  readonly status: number;
}

const STORED: Outcome = { event: { kind: 'stored' }, status: Status.stored };
const failure = (code: number, status: number): Outcome => ({
  event: { kind: 'executionFailed', code },
  status,
});

/** Ends executions: the row and the campaign's event are one transaction, and a round that was closed first wins. */
@Injectable()
export class Endings {
  constructor(
    private readonly machine: CampaignMachine,
    private readonly executions: ExecutionsRepository,
    private readonly spool: DeltaSpool,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The delta is kept; its blob lies in the store already. */
  stored(execution: OrderedExecution, delta: AcceptedDelta): Promise<Ack> {
    return this.end(execution, STORED, { state: 'stored' }, delta);
  }

  async evaluated(execution: OrderedExecution, result: SessionResult): Promise<Ack> {
    const measured = measurementsOf(result, await this.executions.measureOf(execution));
    const ending = { state: 'evaluated', measured } as const;
    return this.end(execution, STORED, ending);
  }

  /** The device says that it could not; that is kept, and over. */
  async failed(
    execution: OrderedExecution,
    result: SessionResult & { readonly kind: 'failed' },
  ): Promise<Ack> {
    const { status } = result;
    const measured = measurementsOf(result, await this.executions.measureOf(execution));
    const ending = { state: 'failed', status, reason: codeSentence(status), measured } as const;
    return this.end(execution, failure(status, Status.stored), ending);
  }

  /** The server can't use what the device sent. */
  refused(execution: OrderedExecution, name: RefusalName, reason: string): Promise<Ack> {
    const status = Status[name];
    this.audit.record({ code: `upload.${name}`, subject: execution.deviceId, message: reason });
    const ending = { state: 'refused', status, reason } as const;
    return this.end(execution, failure(status, status), ending);
  }

  private async end(
    execution: OrderedExecution,
    outcome: Outcome,
    ending: Omit<Ending, 'endedAt'>,
    delta?: AcceptedDelta,
  ): Promise<Ack> {
    const endedAt = new Date(this.clock.now());
    const { campaign, round, deviceId: device } = execution;
    const event = { ...outcome.event, device, round: round.number };
    const taken = await this.machine.take(campaign.id, event, async (transaction) => {
      if (delta)
        await this.executions.addDelta(transaction, {
          ...delta,
          executionId: execution.id,
          receivedAt: endedAt,
        });
      await this.executions.end(transaction, execution.id, { ...ending, endedAt });
    });
    await this.spool.remove(execution.id);
    if (!taken.ok) return over(aboutOf(execution), Status.closed);
    return over(aboutOf(execution), outcome.status, ending.reason);
  }
}
