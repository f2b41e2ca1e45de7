import { Module } from '@nestjs/common';

import { DevicesModule } from '../devices/devices.module';
import { FleetsModule } from '../fleets/fleets.module';
import { DEVICE_GATE } from '../mqtt/device-gate';
import { DeviceGateService } from './device-gate.service';
import { DeviceSecrets } from './device-secrets';
import { EnrolmentService } from './enrolment.service';

@Module({
  imports: [DevicesModule, FleetsModule],
  providers: [DeviceSecrets, EnrolmentService, { provide: DEVICE_GATE, useClass: DeviceGateService }],
  exports: [EnrolmentService, DEVICE_GATE],
})
export class EnrolmentModule {}
