import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentWith } from '../config';
import { FOLDERS } from '../folders';
import type { Household } from '../households/household';
import type { Run } from '../run';
import type { RunningServer } from './start-server';

export interface FleetStart {
  readonly server: RunningServer;
  readonly enrolmentToken: string;
  /** How the model wants its input. */
  readonly input: { readonly scale: number; readonly zeroPoint: number };
}

/** Starts the process that plays the boards; apps/fleet/README.md says what its description holds. */
export async function startFleet(
  run: Run,
  households: readonly Household[],
  { server, enrolmentToken, input }: FleetStart,
): Promise<void> {
  const folder = join(run.folder, 'fleet');
  await mkdir(folder, { recursive: true });
  const devices = await Promise.all(
    households.map(async ({ name, board, sramKilobytes, recordings }) => {
      const samples = join(folder, `${name}.flds`);
      await writeFile(samples, recordings);
      return { name, board, sramBytes: sramKilobytes * 1024, samples };
    }),
  );
  const broker = { host: server.host, port: server.mqttPort };
  const description = { server: server.url, broker, enrolmentToken, folder: 'boards', input, devices };
  const path = join(folder, 'fleet.json');
  await writeFile(path, JSON.stringify(description, null, 2));
  run.children.start({
    name: 'fleet',
    program: join(FOLDERS.programs, 'fleet/src/main.js'),
    words: [path],
    environment: environmentWith({ FLEETLEARN_ADMIN_TOKEN: server.adminToken }),
  });
}
