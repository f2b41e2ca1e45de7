import { randomBytes } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

import { AuditService } from '../audit/audit.service';
import { CLOCK } from '../config/server-config.token';
import { Database } from '../database/database';
import { newId } from '../database/new-id';
import { DevicesRepository } from '../devices/devices.repository';
import { formatToken, hashOf } from '../enrolment/enrolment-token';
import { ApiError, found } from '../http/api-error';
import { JobQueue } from '../jobs/job-queue';
import { ModelsRepository } from '../models/models.repository';
import { type FleetSummary, FleetsRepository } from './fleets.repository';

const TOKEN_BYTES = 24;

@Injectable()
export class FleetsService {
  constructor(
    private readonly database: Database,
    private readonly fleets: FleetsRepository,
    private readonly devices: DevicesRepository,
    private readonly models: ModelsRepository,
    private readonly jobs: JobQueue,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(): Promise<readonly FleetSummary[]> {
    return this.fleets.list();
  }

  async find(id: string): Promise<FleetSummary> {
    return found(await this.fleets.find(id), 'fleet.not-found', `fleet ${id}`);
  }

  async create(name: string): Promise<FleetSummary> {
    const fleet = await this.database.inTransaction(async (transaction) => {
      if (await this.fleets.isNameTaken(transaction, name)) {
        throw new ApiError('fleet.name-taken', `there is a fleet "${name}" already`);
      }
      return this.fleets.add(transaction, {
        id: newId('fleet'),
        name,
        createdAt: new Date(this.clock.now()),
      });
    });
    return { ...fleet, devices: 0 };
  }

  /** Every device of the fleet gets its program planned and built for the model. */
  async assignModel(id: string, modelId: string): Promise<FleetSummary> {
    await this.find(id);
    found(await this.models.find(modelId), 'model.not-found', `model ${modelId}`);
    await this.database.inTransaction(async (transaction) => {
      if (await this.fleets.hasOpenCampaign(transaction, id)) {
        throw new ApiError(
          'fleet.in-campaign',
          'the model of a fleet stays while a campaign runs; abort it first',
        );
      }
      await this.fleets.assignModel(transaction, id, modelId);
      for (const deviceId of await this.devices.resetPreparation(transaction, id)) {
        await this.jobs.add(transaction, { name: 'prepareDevice', key: deviceId, payload: { deviceId } });
      }
    });
    this.jobs.wake();
    this.audit.record({ code: 'fleet.model-assigned', subject: id, message: `model ${modelId}` });
    return this.find(id);
  }

  /** The only time that the token is seen: the database keeps a digest of its secret. */
  async createToken(id: string, { quota, expiresInSeconds }: { quota: number; expiresInSeconds: number }) {
    await this.find(id);
    const tokenId = newId('token');
    const secret = randomBytes(TOKEN_BYTES).toString('hex');
    const now = this.clock.now();
    const expiresAt = new Date(now + expiresInSeconds * 1_000);
    const row = {
      id: tokenId,
      fleetId: id,
      secretHash: hashOf(secret),
      quota,
      expiresAt,
      createdAt: new Date(now),
    };
    await this.database.inTransaction((transaction) => this.fleets.addToken(transaction, row));
    this.audit.record({
      code: 'fleet.token-created',
      subject: id,
      message: `token ${tokenId} for ${quota} devices`,
    });
    return { id: tokenId, token: formatToken(tokenId, secret), quota, expiresAt };
  }
}
