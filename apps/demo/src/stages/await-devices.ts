import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceView } from '../api/types';
import { DemoError } from '../demo-error';
import type { Household } from '../households/household';
import { deviceNews } from '../news/device-news';
import type { World } from '../run';

const POLL_MS = 250;
const PATIENCE_MS = 5 * 60_000;

/** Waits until every device has enrolled and runs its own program, and the one that is too small is refused. */
export async function awaitDevices(
  { api, progress, signal }: World,
  fleetId: string,
  households: readonly Household[],
): Promise<readonly DeviceView[]> {
  let before: readonly DeviceView[] = [];
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const devices = await api.devices(fleetId);
    for (const line of deviceNews(before, devices)) progress.line(line);
    before = devices;
    if (devices.length === households.length && devices.every(isSettled)) return checked(devices, households);
    await sleep(POLL_MS, undefined, { signal });
  }
  const missing = households.filter(
    ({ name }) => !before.some((device) => device.label === name && isSettled(device)),
  );
  throw new DemoError(
    `Not ready after ${PATIENCE_MS / 60_000} minutes: ${missing.map(({ name }) => name).join(', ')}.`,
  );
}

const isSettled = ({ state, isProgrammed }: DeviceView): boolean =>
  state === 'refused' || state === 'failed' || (state === 'ready' && isProgrammed);

function checked(devices: readonly DeviceView[], households: readonly Household[]): readonly DeviceView[] {
  for (const { name, fits } of households) {
    const device = devices.find(({ label }) => label === name);
    const isReady = device?.state === 'ready';
    if (!device || isReady === fits) continue;
    throw new DemoError(
      fits
        ? `${name} should be able to train, but is ${device.state}: ${device.reason ?? 'no reason given'}.`
        : `${name} has ${device.sramBytes} bytes of SRAM and should be refused, but is ready.`,
    );
  }
  return devices;
}
