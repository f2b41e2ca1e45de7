import { Module } from '@nestjs/common';

import { DevicesModule } from '../devices/devices.module';
import { FleetsModule } from '../fleets/fleets.module';
import { ModelsModule } from '../models/models.module';
import { WorkModule } from '../orders/work.module';
import { BuildsModule } from './builds.module';
import { EvaluationService } from './evaluation.service';
import { Evaluator } from './evaluator';
import { ImagesController } from './images.controller';
import { ImagesService } from './images.service';
import { PreparationService } from './preparation.service';
import { PROGRAM_BUILDER } from './program-builder';
import { ProgramsService } from './programs.service';
import { ToolchainBuilder } from './toolchain-builder';

@Module({
  imports: [BuildsModule, DevicesModule, FleetsModule, ModelsModule, WorkModule],
  controllers: [ImagesController],
  providers: [
    ProgramsService,
    PreparationService,
    EvaluationService,
    Evaluator,
    ImagesService,
    { provide: PROGRAM_BUILDER, useClass: ToolchainBuilder },
  ],
  exports: [ProgramsService, Evaluator],
})
export class ProgramsModule {}
