/** `node main.js FLEET.json`: a fleet of devices until it is stopped (README). */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { type FleetConfig, readConfig } from './config';
import { parseDescription } from './description/parse-description';
import { Fleet } from './fleet';
import { templatesFolder } from './templates-folder';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function open({ description: path, adminToken, qemu }: FleetConfig): Fleet {
  const description = parseDescription(JSON.parse(readFileSync(path, 'utf8')), dirname(resolve(path)));
  if (!description.ok) throw new Error(`${path}: ${description.error.message}`);
  const tell = (device: string, line: string): void => say(`${device}: ${line}`);
  return new Fleet(description.value, { adminToken, qemu, templates: templatesFolder, tell });
}

async function run(): Promise<void> {
  const config = readConfig();
  if (!config.ok) throw new Error(config.error.message);
  const fleet = open(config.value);
  const stop = async (): Promise<void> => {
    await fleet.stop();
    process.exit(0);
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  await fleet.start();
  say(`fleet of ${fleet.devices.length} devices is on`);
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
