import type { Device, Engine } from '../devices/device';
import type { ListedDevice, ServerApi } from './server-api';

/** A board on the programmer's bench. */
export interface Patient {
  readonly device: Device;
  readonly engine: Engine;
  /** 16 hexadecimal digits. */
  readonly uid: string;
  /** The build that is in it; undefined: the program without a model. */
  buildId: string | undefined;
}

const POLL_MS = 500;

/**
 * Who connects a programming cable to boards: looks at the server's list, and whenever a build for a board is there that
 * is not in it, installs that and starts the board again. Refused boards stay as they are.
 */
export class Programmer {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly refused = new Set<string>();
  /** Devices of one kind share a build. */
  private readonly images = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly api: ServerApi,
    private readonly patients: readonly Patient[],
    private readonly tell: (device: string, line: string) => void,
  ) {}

  start(): void {
    void this.round();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** The server may be away for a while: then the next round finds it. */
  private async round(): Promise<void> {
    try {
      await this.attend(await this.api.devices());
    } catch (error) {
      this.tell('programmer', error instanceof Error ? error.message : String(error));
    }
    if (!this.isStopped) this.timer = setTimeout(() => void this.round(), POLL_MS);
  }

  private async attend(listed: readonly ListedDevice[]): Promise<void> {
    const byUid = new Map(listed.map((device) => [device.uid, device]));
    for (const patient of this.patients) {
      const device = byUid.get(patient.uid);
      if (!device || this.isStopped) continue;
      if (device.state === 'refused') this.tellRefusal(patient, device);
      if (device.state === 'ready' && device.buildId !== patient.buildId) await this.install(patient, device);
    }
  }

  private tellRefusal({ device: { name } }: Patient, { reason }: ListedDevice): void {
    if (this.refused.has(name)) return;
    this.refused.add(name);
    this.tell(name, `refused: ${reason ?? 'no reason given'}`);
  }

  private imageOf(
    engine: Engine,
    { id, buildId }: Pick<ListedDevice, 'id' | 'buildId'>,
  ): Promise<Uint8Array> {
    const key = `${buildId} ${engine}`;
    const image = this.images.get(key) ?? this.api.image(id, engine);
    image.catch(() => this.images.delete(key));
    this.images.set(key, image);
    return image;
  }

  private async install(patient: Patient, { id, buildId }: ListedDevice): Promise<void> {
    const program = await this.imageOf(patient.engine, { id, buildId });
    if (this.isStopped) return;
    await patient.device.install(program);
    patient.buildId = buildId;
    this.refused.delete(patient.device.name);
    this.tell(patient.device.name, `programmed with ${buildId}, ${program.length} bytes`);
  }
}
