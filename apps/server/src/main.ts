import process from 'node:process';

import { processConfig } from './config/process-config';
import { createServer, type RunningServer } from './create-server';

const EXIT_BAD_CONFIG = 2;

async function main(): Promise<void> {
  const config = processConfig();
  if (!config.ok) {
    process.stderr.write(`The configuration can't be used:\n${config.error.message}\n`);
    process.exitCode = EXIT_BAD_CONFIG;
    return;
  }
  const server = await createServer(config.value);
  process.stdout.write(`console and API ${server.httpUrl}\nMQTT            ${server.mqttUrl}\n`);
  if (!config.value.adminToken)
    process.stdout.write(`admin token     in ${config.value.dataDir}/admin-token\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(server));
}

async function stop(server: RunningServer): Promise<void> {
  process.stdout.write('stopping\n');
  await server.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
