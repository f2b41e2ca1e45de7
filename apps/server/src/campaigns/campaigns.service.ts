import { Inject, Injectable } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';
import { draftCampaign, type Publishing, publishingFor } from '#libs/fleet/campaign';

import { AuditService } from '../audit/audit.service';
import { CLOCK } from '../config/server-config.token';
import { newId } from '../database/new-id';
import { DevicesRepository } from '../devices/devices.repository';
import { ApiError } from '../http/api-error';
import { CampaignBase } from './campaign-base';
import { CampaignMachine } from './campaign-machine';
import { type CampaignDetails, CampaignReader } from './campaign-reader';
import { type Campaign, type CampaignSettings, CampaignsRepository } from './campaigns.repository';

/** As they are asked for. */
export type WishedSettings = Omit<CampaignSettings, 'publishing'> & {
  /** Absent: what suits the model's measure. */
  readonly publishing?: Publishing | undefined;
};

/** The server's own part of a round: averaging, writing the version. */
const AGGREGATION_DEADLINE_MS = 600_000;

@Injectable()
export class CampaignsService {
  constructor(
    private readonly campaigns: CampaignsRepository,
    private readonly reader: CampaignReader,
    private readonly machine: CampaignMachine,
    private readonly devices: DevicesRepository,
    private readonly base: CampaignBase,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(fleetId: string, settings: WishedSettings): Promise<CampaignDetails> {
    const { version, measure } = await this.base.of(fleetId, settings);
    const { rounds, quorum, roundDeadlineSeconds } = settings;
    const plan = {
      rounds,
      quorum,
      roundDeadlineMs: roundDeadlineSeconds * 1_000,
      aggregationDeadlineMs: AGGREGATION_DEADLINE_MS,
    };
    const campaign: Campaign = {
      ...settings,
      publishing: settings.publishing ?? publishingFor(measure),
      id: newId('campaign'),
      fleetId,
      baseVersionId: version.id,
      measure,
      state: 'draft',
      reason: null,
      machine: draftCampaign(plan),
      version: 0,
      createdAt: new Date(this.clock.now()),
      startedAt: null,
      endedAt: null,
    };
    await this.machine.add(campaign);
    return { ...campaign, roundDetails: [] };
  }

  /** Starts from the newest version of the fleet's model, with the devices that are ready now. */
  async start(id: string): Promise<CampaignDetails> {
    const { fleetId, itemOrder } = await this.reader.find(id);
    const { version } = await this.base.of(fleetId, { itemOrder });
    const devices = (await this.devices.readyOf(fleetId)).map((device) => device.id);
    const taken = await this.machine.take(id, { kind: 'started', devices }, async (transaction) => {
      if (await this.campaigns.isFleetBusy(transaction, fleetId)) {
        throw new ApiError('campaign.refused', 'another campaign runs on this fleet', {
          reason: 'campaign.fleet-busy',
        });
      }
      await this.campaigns.setBaseVersion(transaction, id, version.id);
    });
    if (!taken.ok) throw new ApiError('campaign.refused', taken.error.message, { reason: taken.error.code });
    this.audit.record({ code: 'campaign.started', subject: id, message: `${devices.length} devices` });
    return this.reader.details(id);
  }

  async abort(id: string): Promise<CampaignDetails> {
    await this.reader.find(id);
    const taken = await this.machine.take(id, { kind: 'aborted', reason: 'aborted by an operator' });
    if (!taken.ok) throw new ApiError('campaign.refused', taken.error.message, { reason: taken.error.code });
    this.audit.record({ code: 'campaign.aborted', subject: id, message: 'by an operator' });
    return this.reader.details(id);
  }
}
