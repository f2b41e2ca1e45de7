import { Module } from '@nestjs/common';

import { EvaluationJobs } from './evaluation-jobs';
import { FactsRefresh } from './facts-refresh';
import { ModelImages } from './model-images';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  controllers: [ModelsController],
  providers: [ModelsRepository, ModelsService, ModelImages, EvaluationJobs, FactsRefresh],
  exports: [ModelsRepository, ModelImages],
})
export class ModelsModule {}
