import { Module } from '@nestjs/common';

import { ExecutionsModule } from '../campaigns/executions.module';
import { DevicesModule } from '../devices/devices.module';
import { MqttModule } from '../mqtt/mqtt.module';
import { WorkService } from './work.service';

@Module({
  imports: [DevicesModule, ExecutionsModule, MqttModule],
  providers: [WorkService],
  exports: [WorkService],
})
export class WorkModule {}
