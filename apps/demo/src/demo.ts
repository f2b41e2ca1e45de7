import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetlearnApi } from './api/fleetlearn-api';
import { DemoError } from './demo-error';
import { FOLDERS } from './folders';
import { assignBoards } from './households/assign-boards';
import type { Household, Voices } from './households/household';
import { realVoices } from './households/real-voices';
import { syntheticVoices } from './households/synthetic-voices';
import type { DemoOptions } from './options';
import { Children } from './processes/children';
import { Interruption } from './processes/interruption';
import { startFleet } from './processes/start-fleet';
import { startServer } from './processes/start-server';
import type { Progress } from './progress';
import type { DeviceReport } from './report/device-report';
import { reportTable } from './report/report-table';
import { failureOf } from './report/verdict';
import type { Run, World } from './run';
import { awaitDevices } from './stages/await-devices';
import { checkFinalModel } from './stages/check-final-model';
import { runCampaign } from './stages/run-campaign';
import { setUpFleet } from './stages/set-up-fleet';
import { takeWorkFolder } from './work-folder';

/** Runs the whole story; throws a `DemoError` where it does not end well. Its processes are stopped in any case. */
export async function runDemo(options: DemoOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const voices = options.data === undefined ? syntheticVoices(FOLDERS.voices) : realVoices(options.data);
  const work = takeWorkFolder(FOLDERS.work);
  const logs = join(work.path, 'logs');
  const children = new Children(logs);
  /** Ends what still waits for a server that is gone. */
  const over = new AbortController();
  try {
    await mkdir(logs);
    const run = {
      options,
      folder: work.path,
      children,
      progress,
      signal: AbortSignal.any([signal, over.signal]),
    };
    const url = await children.whileAlive(tellStory(run, voices), signal);
    if (!options.once) await stayUp(url, children, signal);
  } finally {
    over.abort();
    await children.stop();
    work.release();
  }
}

/** From an empty server to the final table; the page's address. */
async function tellStory(run: Run, { kind, voices }: Voices): Promise<string> {
  const households = assignBoards(voices);
  const server = await startServer(run);
  run.progress.line(`server up, the page: ${server.url}`);
  const world = { ...run, api: new FleetlearnApi(server.http) };
  const { fleetId, modelId, ...devicesNeed } = await setUpFleet(world, households.length);
  await startFleet(run, households, { server, ...devicesNeed });
  run.progress.line(`fleet started: ${kind}, ${countOf(households)}`);
  const report = await learn(world, fleetId, households);
  await checkFinalModel(world, modelId, { households, report });
  conclude(households, report, kind);
  return server.url;
}

/** Waits for the devices, and runs the campaign; what it brought to each of them. */
async function learn(
  world: World,
  fleetId: string,
  households: readonly Household[],
): Promise<readonly DeviceReport[]> {
  const devices = await awaitDevices(world, fleetId, households);
  const campaign = await runCampaign(world, fleetId, devices);
  return world.api.report(campaign.id);
}

/** Prints the table; throws where it does not show what the demo promises. */
function conclude(
  households: readonly Household[],
  report: readonly DeviceReport[],
  kind: Voices['kind'],
): void {
  const fitting = households.filter(({ fits }) => fits).map(({ name }) => name);
  const devices = fitting.flatMap((wanted) => report.find(({ name }) => name === wanted) ?? []);
  console.log(`\n${kind}; accuracy on each device's own test recordings\n`);
  console.log(reportTable(devices));
  console.log(`\n${LEGEND}`);
  const failure = failureOf(fitting, devices);
  if (failure !== undefined) throw new DemoError(failure);
}

const LEGEND =
  'planned, built, measured: peak SRAM by the plan, by the linked program, and as the device measured it\n' +
  'before: the factory model; own: after the device trained last; fleet: the last version, the same for all';

function countOf(households: readonly Household[]): string {
  const emulated = households.filter(({ runs }) => runs === 'qemu').length;
  return `${households.length - emulated} virtual devices and ${emulated} ARM board under QEMU`;
}

/** Until Ctrl-C, which then is a good end. */
async function stayUp(url: string, children: Children, signal: AbortSignal): Promise<void> {
  console.log(`\nThe server and the fleet stay up until Ctrl-C; the page: ${url}`);
  const forEver = new Promise<never>(() => {});
  await children.whileAlive(forEver, signal).catch((reason: unknown) => {
    if (!(reason instanceof Interruption)) throw reason;
  });
}
