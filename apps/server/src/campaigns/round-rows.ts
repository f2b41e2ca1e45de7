import { Injectable } from '@nestjs/common';

import { invariant, unreachable } from '#libs/base/result';
import type { CampaignEffect } from '#libs/fleet/campaign';

import type { Transaction } from '../database/database';
import { newId } from '../database/new-id';
import { JobQueue } from '../jobs/job-queue';
import { ModelsRepository } from '../models/models.repository';
import { type CampaignRound, CampaignsRepository, type Change } from './campaigns.repository';
import { Candidates } from './candidates';
import { ExecutionsRepository } from './executions.repository';

/** Keeps the rows of rounds and executions in step with the state machine, inside its transaction. */
@Injectable()
export class RoundRows {
  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly executions: ExecutionsRepository,
    private readonly models: ModelsRepository,
    private readonly candidates: Candidates,
    private readonly jobs: JobQueue,
  ) {}

  async follow(transaction: Transaction, change: Change, effects: readonly CampaignEffect[]): Promise<void> {
    const rounds = await this.campaigns.rounds(change.before.id, transaction);
    const last = rounds.at(-1);
    if (last) await this.followLast(transaction, change, last);
    for (const effect of effects) await this.perform(transaction, change, { effect, last });
  }

  wake(effects: readonly CampaignEffect[]): void {
    if (effects.some(({ kind }) => kind === 'aggregate')) this.jobs.wake();
  }

  /** The last round has moved on, or has made room for the next one. */
  private async followLast(transaction: Transaction, change: Change, last: CampaignRound): Promise<void> {
    const { round } = change.machine;
    const isSame = round?.number === last.number;
    const state = isSame ? round.status : change.event.kind === 'aggregated' ? 'committed' : 'abandoned';
    if (state === last.state) return;
    const isClosed = state === 'committed' || state === 'abandoned';
    await this.campaigns.saveRound(transaction, last.id, {
      state,
      ...(isSame && { deadlineAt: new Date(round.deadlineAt) }),
      ...(isClosed && { closedAt: change.at }),
      ...(state === 'abandoned' && { reason: await this.reasonOf(transaction, change, last) }),
    });
  }

  /** Why a round made no version; the machine has no room for it once the next round is open. */
  private async reasonOf(
    transaction: Transaction,
    { event, machine, before }: Change,
    last: CampaignRound,
  ): Promise<string> {
    if (event.kind === 'aborted' || event.kind === 'aggregationFailed') return event.reason;
    if (last.state === 'aggregating') return 'the server did not finish averaging in time';
    const executions = await this.executions.ofRound(last.id, transaction);
    const stored = executions.filter(({ state }) => state === 'stored').length;
    return machine.round?.reason ?? `${stored} deltas, the quorum is ${before.quorum}`;
  }

  private async perform(
    transaction: Transaction,
    change: Change,
    { effect, last }: { readonly effect: CampaignEffect; readonly last: CampaignRound | undefined },
  ): Promise<void> {
    switch (effect.kind) {
      case 'openRound':
        return this.open(transaction, change, effect);
      case 'aggregate':
        invariant(last, 'a round that is aggregated was opened');
        return this.jobs.add(transaction, {
          name: 'aggregateRound',
          key: last.id,
          payload: { roundId: last.id },
        });
      case 'withdraw':
        invariant(last, 'a round that is withdrawn was opened');
        await this.executions.closeRound(transaction, last.id, change.at);
        return;
      case 'finished':
        return this.candidates.judge(transaction, change);
      default:
        return unreachable(effect);
    }
  }

  private async open(
    transaction: Transaction,
    { before, at }: Change,
    effect: Extract<CampaignEffect, { kind: 'openRound' }>,
  ): Promise<void> {
    const round: CampaignRound = {
      id: newId('round'),
      campaignId: before.id,
      number: effect.round,
      kind: effect.purpose,
      state: 'open',
      reason: null,
      baseVersionId: await this.campaigns.currentVersion(transaction, before.id),
      resultVersionId: null,
      openedAt: at,
      deadlineAt: new Date(effect.deadlineAt),
      closedAt: null,
    };
    await this.campaigns.addRound(transaction, round);
    const [artifact] = await this.models.artifacts(round.baseVersionId, transaction);
    invariant(artifact, `version ${round.baseVersionId} has a parameter image`);
    const executions = effect.devices.map((deviceId) => ({
      roundId: round.id,
      deviceId,
      artifactId: artifact.id,
      createdAt: at,
    }));
    await this.executions.addAll(transaction, executions);
  }
}
