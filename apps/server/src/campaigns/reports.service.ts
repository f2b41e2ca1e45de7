import { Injectable } from '@nestjs/common';

import { BuildsRepository } from '../builds/builds.repository';
import { DevicesRepository } from '../devices/devices.repository';
import { campaignReport, type ReportRow } from './campaign-report';
import { CampaignReader } from './campaign-reader';

@Injectable()
export class ReportsService {
  constructor(
    private readonly campaigns: CampaignReader,
    private readonly devices: DevicesRepository,
    private readonly builds: BuildsRepository,
  ) {}

  async report(campaignId: string): Promise<ReportRow[]> {
    const campaign = await this.campaigns.details(campaignId);
    const devices = await this.devices.ofFleet(campaign.fleetId);
    const builds = await this.builds.findAll(devices.flatMap(({ buildId }) => buildId ?? []));
    return campaignReport(campaign, devices, builds);
  }
}
