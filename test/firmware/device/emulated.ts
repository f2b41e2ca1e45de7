import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QemuDevice } from '../../../apps/fleet/src/devices/qemu-device';
import type { TestFleet } from './test-fleet';

const QEMU = 'qemu-system-arm';
const hasQemu = spawnSync(QEMU, ['--version']).status === 0;

/** `describe` where the emulator is installed; otherwise a skipped block that says so. */
export function describeWithQemu(name: string, body: () => void): void {
  if (hasQemu) describe(name, body);
  else describe.skip(`${name} (skipped: no ${QEMU})`, body);
}

interface BoardParts {
  readonly factoryFlash: Uint8Array;
  readonly program: Uint8Array;
  /** Default: the Cortex-M4. */
  readonly machine?: string;
  readonly flashBytes?: number;
}

/** A board under QEMU on the test's broker, in a folder of its own. */
export class EmulatedBoard {
  private readonly folder = mkdtempSync(join(tmpdir(), 'fleetlearn-qemu-'));
  readonly device: QemuDevice;

  constructor(fleet: TestFleet, parts: BoardParts) {
    this.device = new QemuDevice({
      name: 'board',
      folder: this.folder,
      machine: 'mps2-an386',
      broker: { host: '127.0.0.1', port: fleet.server.broker.port },
      command: QEMU,
      ...parts,
    });
  }

  async close(): Promise<void> {
    await this.device.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
