import { Module } from '@nestjs/common';

import { BuildsModule } from '../builds/builds.module';
import { CampaignsModule } from '../campaigns/campaigns.module';
import { ExecutionsModule } from '../campaigns/executions.module';
import { DeltaSpool } from './delta-spool';
import { Endings } from './endings';
import { SpoolSweeper } from './spool-sweeper';
import { UploadsService } from './uploads.service';

@Module({
  imports: [BuildsModule, CampaignsModule, ExecutionsModule],
  providers: [DeltaSpool, Endings, SpoolSweeper, UploadsService],
  exports: [UploadsService],
})
export class UploadsModule {}
