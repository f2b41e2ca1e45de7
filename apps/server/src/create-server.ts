import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { type Clock, systemClock } from '#libs/base/clock';

import { AppModule } from './app.module';
import type { ServerConfig } from './config/server-config';
import { AdminAuth } from './http/admin-auth';
import { configureHttp } from './http/configure-http';
import { ServerLogger } from './http/server-logger';
import { BrokerService } from './mqtt/broker.service';

export interface RunningServer {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly adminToken: string;
  /** Ends connections, lets running jobs end, closes the database. */
  close(): Promise<void>;
}

/** The whole server, listening: HTTP, MQTT, jobs and database. */
export async function createServer(config: ServerConfig, clock: Clock = systemClock): Promise<RunningServer> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, clock), {
    bodyParser: false,
    forceCloseConnections: true,
    abortOnError: false,
    logger: new ServerLogger(config.logLevel),
  });
  try {
    configureHttp(app);
    await app.listen(config.httpPort, config.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as { port: number };
  return {
    httpUrl: `http://${config.host}:${port}`,
    mqttUrl: `mqtt://${config.host}:${app.get(BrokerService).port}`,
    adminToken: app.get(AdminAuth).token,
    close: () => app.close(),
  };
}
