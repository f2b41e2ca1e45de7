import { Module } from '@nestjs/common';

import { BuildsRepository } from './builds.repository';

@Module({ providers: [BuildsRepository], exports: [BuildsRepository] })
export class BuildsModule {}
