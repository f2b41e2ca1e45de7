import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';

import { AdminAuth, AdminGuard } from './admin-auth';
import { ErrorFilter } from './error.filter';
import { HealthController } from './health.controller';
import { validation } from './validation';

@Module({
  controllers: [HealthController],
  providers: [
    AdminAuth,
    { provide: APP_GUARD, useClass: AdminGuard },
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useValue: validation },
  ],
  exports: [AdminAuth],
})
export class HttpModule {}
