import { Module } from '@nestjs/common';

import { BuildsModule } from '../builds/builds.module';
import { MqttModule } from '../mqtt/mqtt.module';
import { DevicesController } from './devices.controller';
import { DevicesModule } from './devices.module';
import { DevicesService } from './devices.service';

@Module({
  imports: [DevicesModule, BuildsModule, MqttModule],
  controllers: [DevicesController],
  providers: [DevicesService],
})
export class DeviceApiModule {}
