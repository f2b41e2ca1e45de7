import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Http } from '../api/http';
import { environmentWith } from '../config';
import { FOLDERS } from '../folders';
import type { Run } from '../run';
import { freePort } from './free-port';

export interface RunningServer {
  readonly http: Http;
  readonly url: string;
  readonly host: string;
  readonly mqttPort: number;
  readonly adminToken: string;
}

const HOST = '127.0.0.1';
const POLL_MS = 100;
/** A device with nothing to do asks for work again after so many seconds: the demo must not wait long for that. */
const HELLO_SECONDS = 2;

/** Starts the server with an empty database, and answers when it does. */
export async function startServer({ options, folder, children, signal }: Run): Promise<RunningServer> {
  const httpPort = options.httpPort ?? (await freePort());
  const mqttPort = options.mqttPort ?? (await freePort());
  const adminToken = randomBytes(24).toString('hex');
  children.start({
    name: 'server',
    program: join(FOLDERS.programs, 'server/src/main.js'),
    words: [],
    environment: environmentWith({
      FLEETLEARN_HOST: HOST,
      FLEETLEARN_HTTP_PORT: String(httpPort),
      FLEETLEARN_MQTT_PORT: String(mqttPort),
      FLEETLEARN_DATA_DIR: join(folder, 'data'),
      FLEETLEARN_DATABASE_URL: `file:${join(folder, 'fleetlearn.db')}`,
      FLEETLEARN_BUILD_CACHE_DIR: FOLDERS.buildCache,
      FLEETLEARN_ADMIN_TOKEN: adminToken,
      NO_COLOR: '1',
      FLEETLEARN_HELLO_SECONDS: String(HELLO_SECONDS),
    }),
  });
  const url = `http://${HOST}:${httpPort}`;
  const http = new Http(url, adminToken, signal);
  while (!(await http.isUp('/api/health'))) await sleep(POLL_MS, undefined, { signal });
  return { http, url, host: HOST, mqttPort, adminToken };
}
