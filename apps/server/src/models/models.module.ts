import { Module } from '@nestjs/common';

import { FactsRefresh } from './facts-refresh';
import { ModelImages } from './model-images';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  controllers: [ModelsController],
  providers: [ModelsRepository, ModelsService, ModelImages, FactsRefresh],
  exports: [ModelsRepository, ModelImages],
})
export class ModelsModule {}
