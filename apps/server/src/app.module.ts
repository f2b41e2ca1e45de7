import { type DynamicModule, Module } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

import { AuditModule } from './audit/audit.module';
import { ProgramsModule } from './builds/programs.module';
import { CampaignsModule } from './campaigns/campaigns.module';
import { ComputeModule } from './compute/compute.module';
import { ConfigModule } from './config/config.module';
import type { ServerConfig } from './config/server-config';
import { DatabaseModule } from './database/database.module';
import { DeviceApiModule } from './devices/device-api.module';
import { FleetsModule } from './fleets/fleets.module';
import { HttpModule } from './http/http.module';
import { JobsModule } from './jobs/jobs.module';
import { ModelsModule } from './models/models.module';
import { StorageModule } from './storage/storage.module';
import { TelemetryModule } from './telemetry/telemetry.module';
import { TrafficModule } from './traffic/traffic.module';

@Module({})
export class AppModule {
  static with(config: ServerConfig, clock: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config, clock),
        DatabaseModule,
        StorageModule,
        AuditModule,
        JobsModule,
        ComputeModule,
        HttpModule,
        FleetsModule,
        ModelsModule,
        ProgramsModule,
        DeviceApiModule,
        CampaignsModule,
        TelemetryModule,
        TrafficModule,
      ],
    };
  }
}
