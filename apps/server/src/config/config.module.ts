import { type DynamicModule, Global, Module } from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

import type { ServerConfig } from './server-config';
import { CLOCK, SERVER_CONFIG } from './server-config.token';

@Global()
@Module({})
export class ConfigModule {
  static with(config: ServerConfig, clock: Clock): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: SERVER_CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [SERVER_CONFIG, CLOCK],
    };
  }
}
