import { fromHex } from '#libs/base/bytes';
import { type DeviceAddress, parseDeviceId, parseFleetId } from '#libs/fleet/protocol';
import type { Dataset } from '#libs/model/dataset';
import { MemoryFlash } from '../../../apps/fleet/src/devices/flash-store';
import { PollLoop } from '../../../apps/fleet/src/devices/poll-loop';
import { VirtualDevice } from '../../../apps/fleet/src/devices/virtual-device';
import { factoryFlash, readIdentity } from '../../../apps/fleet/src/flash';
import { ModuleCache } from '../../../apps/fleet/src/wasm/module-cache';
import { ScriptedServer, type ServerScript, TEST_TOKEN } from '#test/support/scripted-server/index';

export const TEST_UID = '00112233445566aa';
export const TEST_SLOT_BYTES = 16_384;

/** A device's second is a tenth of ours: its patience is part of what is tested, not ours. */
const CLOCK_RATE = 10;
const deviceClock = (): number => performance.now() * CLOCK_RATE;

export interface BoardOptions {
  readonly samples?: Dataset;
  readonly token?: string;
  readonly uid?: string;
  readonly slotBytes?: number;
  readonly featureBytes?: number;
  /** Of the ring for items that the device captures itself. */
  readonly captureBytes?: number;
  readonly program: Uint8Array;
  /** One that was in use. Default: as it leaves the factory. */
  readonly flash?: Uint8Array;
}

export function testFlash({
  samples,
  token,
  uid,
  slotBytes,
  featureBytes,
  captureBytes = 0,
}: Omit<BoardOptions, 'program' | 'flash'>): Uint8Array {
  const board = {
    uid: fromHex(uid ?? TEST_UID) as Uint8Array,
    entropy: new Uint8Array(16).fill(7),
    sramBytes: 65_536,
    flashBytes: 1 << 20,
    slotBytes: slotBytes ?? TEST_SLOT_BYTES,
    captureBytes,
    board: 'virtual-m4',
    core: 'cortex-m4',
    label: 'test board',
    token: token ?? TEST_TOKEN,
  };
  return factoryFlash(board, samples, featureBytes);
}

/** A scripted server and virtual devices around a real broker. */
export class TestFleet {
  readonly server: ScriptedServer;
  readonly log: string[] = [];
  private readonly modules = new ModuleCache();
  private readonly loop = new PollLoop(() => performance.now());
  private readonly devices: VirtualDevice[] = [];

  private constructor(script: ServerScript) {
    this.server = new ScriptedServer(script);
  }

  static async open(script: ServerScript): Promise<TestFleet> {
    const fleet = new TestFleet(script);
    await fleet.server.broker.start();
    return fleet;
  }

  add(options: BoardOptions): VirtualDevice {
    const device = new VirtualDevice(
      {
        broker: { host: '127.0.0.1', port: this.server.broker.port },
        loop: this.loop,
        modules: this.modules,
        nowMs: deviceClock,
      },
      {
        name: 'test',
        flash: new MemoryFlash(options.flash ?? testFlash(options)),
        program: options.program,
        onLog: (line) => this.log.push(line),
      },
    );
    this.devices.push(device);
    device.start();
    return device;
  }

  /** Of a device that is enrolled. */
  addressOf(device: VirtualDevice): DeviceAddress {
    const identity = readIdentity(device.readFlash());
    const fleet = parseFleetId(identity?.fleet ?? '');
    const id = parseDeviceId(identity?.device ?? '');
    if (!fleet || !id) throw new Error(`${device.name} is not enrolled`);
    return { fleet, device: id };
  }

  async close(): Promise<void> {
    for (const device of this.devices) await device.stop();
    await this.server.broker.stop();
  }
}
