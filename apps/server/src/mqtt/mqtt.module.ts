import { Module } from '@nestjs/common';

import { EnrolmentModule } from '../enrolment/enrolment.module';
import { BrokerService } from './broker.service';
import { DeviceLink } from './device-link';

@Module({
  imports: [EnrolmentModule],
  providers: [BrokerService, DeviceLink],
  exports: [BrokerService, DeviceLink],
})
export class MqttModule {}
