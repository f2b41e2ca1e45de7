import { Global, Module } from '@nestjs/common';

import { JobQueue } from './job-queue';
import { JobsRepository } from './jobs.repository';

@Global()
@Module({ providers: [JobsRepository, JobQueue], exports: [JobQueue] })
export class JobsModule {}
