import { Module } from '@nestjs/common';

import { DevicesModule } from '../devices/devices.module';
import { EnrolmentModule } from '../enrolment/enrolment.module';
import { FleetsModule } from '../fleets/fleets.module';
import { ModelsModule } from '../models/models.module';
import { MqttModule } from '../mqtt/mqtt.module';
import { TelemetryModule } from '../telemetry/telemetry.module';
import { UploadsModule } from '../uploads/uploads.module';
import { WorkModule } from '../orders/work.module';
import { ArtifactServer } from './artifact-server';
import { DeviceTraffic } from './device-traffic';

@Module({
  imports: [
    MqttModule,
    EnrolmentModule,
    DevicesModule,
    FleetsModule,
    ModelsModule,
    TelemetryModule,
    UploadsModule,
    WorkModule,
  ],
  providers: [ArtifactServer, DeviceTraffic],
})
export class TrafficModule {}
