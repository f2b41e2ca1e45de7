import { Module } from '@nestjs/common';

import { DevicesModule } from '../devices/devices.module';
import { ModelsModule } from '../models/models.module';
import { FleetsController } from './fleets.controller';
import { FleetsRepository } from './fleets.repository';
import { FleetsService } from './fleets.service';

@Module({
  imports: [DevicesModule, ModelsModule],
  controllers: [FleetsController],
  providers: [FleetsRepository, FleetsService],
  exports: [FleetsRepository],
})
export class FleetsModule {}
