import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { loadBoard } from '#libs/firmware/toolchain';
import { BEHAVIOURS } from './behaviours';
import type { DeviceDescription, FleetDescription } from './description/fleet-description';
import type { Device, Engine } from './devices/device';
import { FileFlash } from './devices/flash-store';
import { PollLoop } from './devices/poll-loop';
import { QemuDevice } from './devices/qemu-device';
import { VirtualDevice, type VirtualWorld } from './devices/virtual-device';
import { makeFlash, uidOf } from './factory/factory';
import { type Patient, Programmer } from './programmer/programmer';
import { ServerApi } from './programmer/server-api';
import { ModuleCache } from './wasm/module-cache';

/** What a fleet needs beside its description. */
export interface FleetTools {
  readonly adminToken: string;
  readonly qemu: string;
  /** `firmware-templates`. */
  readonly templates: string;
  readonly tell: (device: string, line: string) => void;
}

/** Boards that were made, provisioned and connected as a description says, and the programmer that looks after them. */
export class Fleet {
  private readonly world: VirtualWorld;
  private readonly api: ServerApi;
  private readonly enrolImages = new Map<string, Promise<Uint8Array>>();
  private readonly patients: Patient[] = [];
  private programmer: Programmer | undefined;

  constructor(
    private readonly description: FleetDescription,
    private readonly tools: FleetTools,
  ) {
    const nowMs = (): number => performance.now();
    this.world = { broker: description.broker, loop: new PollLoop(nowMs), modules: new ModuleCache(), nowMs };
    this.api = new ServerApi(description.server, tools.adminToken);
  }

  get devices(): readonly Device[] {
    return this.patients.map(({ device }) => device);
  }

  async start(): Promise<void> {
    for (const device of this.description.devices) this.patients.push(await this.make(device));
    for (const { device } of this.patients) device.start();
    this.programmer = new Programmer(this.api, this.patients, this.tools.tell);
    this.programmer.start();
  }

  private async make(description: DeviceDescription): Promise<Patient> {
    const board = unwrap(await loadBoard(this.tools, description.board));
    const engine = engineOf(board);
    const program = await this.enrolImage(board.name, engine);
    const device = this.build({ description, board, engine, program });
    return { device, engine, uid: toHex(uidOf(this.description, description.name)), buildId: undefined };
  }

  private enrolImage(board: string, engine: Engine): Promise<Uint8Array> {
    const key = `${board} ${engine}`;
    const image = this.enrolImages.get(key) ?? this.api.enrolImage(board, engine);
    this.enrolImages.set(key, image);
    return image;
  }

  private build({ description, board, engine, program }: Parts): Device {
    const { name, behaviour } = description;
    const folder = join(this.description.folder, name);
    mkdirSync(folder, { recursive: true });
    const listeners: ((line: string) => void)[] = [(line) => this.tools.tell(name, line)];
    const onLog = (line: string): void => listeners.forEach((listener) => listener(line));
    const factory = (): Uint8Array => makeFlash(this.description, description, board);
    const parts = { name, folder, program, onLog, factory };
    const device = engine === 'qemu' ? this.emulated(parts, board) : this.virtual(parts);
    if (behaviour) listeners.push(BEHAVIOURS[behaviour]({ device, mute: () => device.mute() }));
    return device;
  }

  private virtual({ name, folder, program, onLog, factory }: DeviceParts): Device {
    const path = join(folder, 'flash.img');
    const flash = existsSync(path) ? new FileFlash(path) : FileFlash.create(path, factory());
    return new VirtualDevice(this.world, { name, flash, program, onLog });
  }

  private emulated({ factory, ...parts }: DeviceParts, { qemuMachine = '' }: Board): Device {
    const { broker } = this.description;
    const command = this.tools.qemu;
    return new QemuDevice({ ...parts, factoryFlash: factory(), machine: qemuMachine, broker, command });
  }

  async stop(): Promise<void> {
    this.programmer?.stop();
    await Promise.all(this.devices.map((device) => device.stop()));
  }
}

interface Parts {
  readonly description: DeviceDescription;
  readonly board: Board;
  readonly engine: Engine;
  readonly program: Uint8Array;
}

interface DeviceParts {
  readonly name: string;
  readonly folder: string;
  readonly program: Uint8Array;
  readonly onLog: (line: string) => void;
  readonly factory: () => Uint8Array;
}

function engineOf({ name, runs }: Board): Engine {
  if (runs === 'none') throw new Error(`nothing here can execute programs for ${name}`);
  return runs;
}
