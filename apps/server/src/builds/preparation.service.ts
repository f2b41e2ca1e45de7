import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import { type Device, DevicesRepository, type Preparation } from '../devices/devices.repository';
import { FleetsRepository } from '../fleets/fleets.repository';
import type { JobHandler } from '../jobs/job';
import { JobQueue } from '../jobs/job-queue';
import { WorkService } from '../orders/work.service';
import { isBuildFault, ProgramsService } from './programs.service';

/** Gives a device its program for the fleet's model, or the reason why it can have none. */
@Injectable()
export class PreparationService implements OnModuleInit, JobHandler<'prepareDevice'> {
  constructor(
    private readonly database: Database,
    private readonly devices: DevicesRepository,
    private readonly fleets: FleetsRepository,
    private readonly programs: ProgramsService,
    private readonly work: WorkService,
    private readonly jobs: JobQueue,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.jobs.register('prepareDevice', this);
  }

  async run({ deviceId }: { readonly deviceId: string }): Promise<void> {
    const device = await this.devices.find(deviceId);
    const fleet = device && (await this.fleets.find(device.fleetId));
    if (!device || !fleet?.modelId) return;
    const program = await this.programs.forModel(fleet.modelId, device);
    if (program.ok)
      return this.save(device, fleet.modelId, { state: 'ready', reason: null, buildId: program.value.id });
    const { code, message } = program.error;
    if (isBuildFault(program.error)) throw new Error(`${code}: ${message}`);
    await this.save(device, fleet.modelId, { state: 'refused', reason: message, buildId: null });
  }

  async giveUp({ deviceId }: { readonly deviceId: string }, error: Error): Promise<void> {
    const device = await this.devices.find(deviceId);
    const fleet = device && (await this.fleets.find(device.fleetId));
    if (device && fleet?.modelId) {
      await this.save(device, fleet.modelId, { state: 'failed', reason: error.message, buildId: null });
    }
  }

  /** Unless the fleet was given another model meanwhile: that one's job comes. */
  private async save(device: Device, modelId: string, preparation: Preparation): Promise<void> {
    await this.database.inTransaction(async (transaction) => {
      const fleet = await this.fleets.find(device.fleetId, transaction);
      if (fleet?.modelId === modelId) await this.devices.savePreparation(transaction, device.id, preparation);
    });
    const { state, reason } = preparation;
    this.audit.record({
      code: `device.${state}`,
      subject: device.id,
      message: reason ?? `build ${preparation.buildId}`,
    });
    await this.work.push(device.id);
  }
}
