import { Module } from '@nestjs/common';

import { BuildsModule } from '../builds/builds.module';
import { DevicesModule } from '../devices/devices.module';
import { FleetsModule } from '../fleets/fleets.module';
import { ModelsModule } from '../models/models.module';
import { WorkModule } from '../orders/work.module';
import { AggregationService } from './aggregation.service';
import { CampaignBase } from './campaign-base';
import { CampaignMachine } from './campaign-machine';
import { CampaignReader } from './campaign-reader';
import { CampaignsController } from './campaigns.controller';
import { CampaignsRepository } from './campaigns.repository';
import { CampaignsService } from './campaigns.service';
import { ExecutionsModule } from './executions.module';
import { ReportsService } from './reports.service';
import { RoundContributions } from './round-contributions';
import { RoundRows } from './round-rows';

@Module({
  imports: [BuildsModule, DevicesModule, FleetsModule, ModelsModule, WorkModule, ExecutionsModule],
  controllers: [CampaignsController],
  providers: [
    AggregationService,
    CampaignsRepository,
    CampaignBase,
    CampaignMachine,
    CampaignReader,
    CampaignsService,
    ReportsService,
    RoundContributions,
    RoundRows,
  ],
  exports: [CampaignMachine, CampaignsRepository],
})
export class CampaignsModule {}
