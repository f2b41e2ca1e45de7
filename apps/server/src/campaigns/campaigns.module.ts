import { Module } from '@nestjs/common';

import { BuildsModule } from '../builds/builds.module';
import { ProgramsModule } from '../builds/programs.module';
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
import { Candidates } from './candidates';
import { ExecutionsModule } from './executions.module';
import { NextVersions } from './next-version';
import { ReportsService } from './reports.service';
import { RoundContributions } from './round-contributions';
import { RoundRows } from './round-rows';
import { VersionGate } from './version-gate';

@Module({
  imports: [
    BuildsModule,
    ProgramsModule,
    DevicesModule,
    FleetsModule,
    ModelsModule,
    WorkModule,
    ExecutionsModule,
  ],
  controllers: [CampaignsController],
  providers: [
    AggregationService,
    CampaignsRepository,
    CampaignBase,
    CampaignMachine,
    CampaignReader,
    CampaignsService,
    Candidates,
    NextVersions,
    ReportsService,
    RoundContributions,
    RoundRows,
    VersionGate,
  ],
  exports: [CampaignMachine, CampaignsRepository],
})
export class CampaignsModule {}
