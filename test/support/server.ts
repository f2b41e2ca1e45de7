import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { unwrap } from '#libs/base/result';

import { readConfig, type ServerConfig } from '../../apps/server/src/config/server-config';
import { createServer, type RunningServer } from '../../apps/server/src/create-server';
import { ApiClient } from './api-client';

/** A whole server in this process: real SQLite, real broker, real compilers, its own folder, free ports. */
export interface TestServer extends RunningServer {
  readonly api: ApiClient;
  readonly config: ServerConfig;
  /** Stops and starts again on the same folder and the same ports. */
  restart(): Promise<TestServer>;
  /** Stops, and deletes the folder. */
  end(): Promise<void>;
}

/** One test's own world: nothing is shared with another. */
export async function startServer(changes: Partial<ServerConfig> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlearn-server-'));
  const defaults = unwrap(readConfig({ FLEETLEARN_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error' }));
  const places = {
    dataDir: join(folder, 'data'),
    databaseUrl: `file:${join(folder, 'server.db')}`,
    buildCacheDir: resolve(__dirname, '../../node_modules/.fleetlearn/firmware'),
  };
  const config = { ...defaults, httpPort: 0, mqttPort: 0, helloSeconds: 1, ...places, ...changes };
  return start(folder, config);
}

async function start(folder: string, config: ServerConfig): Promise<TestServer> {
  const server = await createServer(config);
  return {
    ...server,
    config,
    api: new ApiClient(server.httpUrl, server.adminToken),
    async restart() {
      const ports = { httpPort: portOf(server.httpUrl), mqttPort: portOf(server.mqttUrl) };
      await server.close();
      return start(folder, { ...config, ...ports });
    },
    async end() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const portOf = (url: string): number => Number(new URL(url).port);
