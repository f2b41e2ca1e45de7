import { ConsoleLogger, type LogLevel } from '@nestjs/common';

import type { ServerConfig } from '../config/server-config';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'log', 'debug'] as const satisfies readonly LogLevel[];

/** Nest tells of every module and route that it finds: of interest to whoever debugs the server, to nobody else. */
const START_UP = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

export class ServerLogger extends ConsoleLogger {
  constructor(private readonly level: ServerConfig['logLevel']) {
    super({ prefix: 'Fleetlearn', logLevels: LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1) });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (this.level === 'debug' || !START_UP.has(String(rest.at(-1)))) super.log(message, ...rest);
  }
}
