import { randomBytes } from 'node:crypto';
import { sha256 } from '#libs/base/bytes';
import type { Board } from '#libs/firmware/boards';
import { UID_BYTES } from '#libs/fleet/protocol';
import type { DeviceDescription, FleetDescription } from '../description/fleet-description';
import { ENTROPY_BYTES, factoryFlash } from '../flash';
import { loadSamples } from './load-samples';

/** The same description gives the same uids, and so, by the server's rule, the same seeds: a run can be repeated. */
export const uidOf = (fleet: Pick<FleetDescription, 'seed'>, name: string): Uint8Array =>
  sha256(new TextEncoder().encode(`fleetlearn board ${fleet.seed} ${name}`)).slice(0, UID_BYTES);

/** The flash of a new board. Its entropy is drawn: what the nonce, and so the device's secret, depends on is no one's to guess. */
export function makeFlash(fleet: FleetDescription, device: DeviceDescription, board: Board): Uint8Array {
  return factoryFlash(
    {
      uid: uidOf(fleet, device.name),
      entropy: new Uint8Array(randomBytes(ENTROPY_BYTES)),
      sramBytes: device.sramBytes,
      flashBytes: device.flashBytes ?? board.budget.flashBytes,
      slotBytes: fleet.slotBytes,
      board: board.name,
      core: board.core,
      label: device.name,
      token: fleet.enrolmentToken,
    },
    loadSamples(device.samples, fleet.input),
    board.featureBytes,
  );
}
