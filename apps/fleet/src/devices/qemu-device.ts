import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerAddress } from './broker-link';
import type { Device } from './device';

/** QEMU's MPS2 boards have this much PSRAM, which here is the board's flash, kept in a file. */
const FLASH_BYTES = 16 << 20;

export interface QemuBoard {
  readonly name: string;
  /** Holds flash, program and log; made by the caller, one for each board. */
  readonly folder: string;
  readonly machine: string;
  /** Bytes of the memory that QEMU keeps in a file (`board.memory.storage`). Default: those of an MPS2 board. */
  readonly flashBytes?: number;
  /** As the factory wrote it; used only where the folder has none yet. */
  readonly factoryFlash: Uint8Array;
  /** ELF. */
  readonly program: Uint8Array;
  readonly broker: BrokerAddress;
  /** From PATH, or a path. */
  readonly command: string;
  /** Of each line of its log. */
  readonly onLog?: (line: string) => void;
}

const LOG_POLL_MS = 200;

/**
 * A board under QEMU: the very image for the microcontroller. Its UART 0 is connected to the broker as it is, its UART 1
 * goes to a file, and its flash is a file that outlives it, also when it is killed.
 */
export class QemuDevice implements Device {
  private process: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private logTimer: NodeJS.Timeout | undefined;
  private loggedChars = 0;

  constructor(private readonly parts: QemuBoard) {
    writeFileSync(this.programPath, parts.program);
    if (existsSync(this.flashPath)) return;
    writeFileSync(this.flashPath, parts.factoryFlash);
    truncateSync(this.flashPath, this.flashBytes); // the rest is a hole: no part of the device's map
  }

  get name(): string {
    return this.parts.name;
  }

  get isOn(): boolean {
    return this.process !== undefined;
  }

  private get flashBytes(): number {
    return this.parts.flashBytes ?? FLASH_BYTES;
  }

  private get flashPath(): string {
    return join(this.parts.folder, 'flash.img');
  }

  private get programPath(): string {
    return join(this.parts.folder, 'program.elf');
  }

  private get logPath(): string {
    return join(this.parts.folder, 'uart1.log');
  }

  readFlash(): Uint8Array {
    return new Uint8Array(readFileSync(this.flashPath));
  }

  /** What the device wrote to its UART 1 since power on. */
  readLog(): string {
    return existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8') : '';
  }

  start(): void {
    if (this.process) return;
    this.loggedChars = 0; // the emulator begins its log file anew
    this.logTimer ??= setInterval(() => this.passLog(), LOG_POLL_MS);
    const child = spawn(this.parts.command, this.arguments(), { stdio: 'ignore' });
    this.process = child;
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    void this.ended.then(() => {
      if (this.process === child) this.process = undefined;
    });
  }

  private passLog(): void {
    const news = this.readLog().slice(this.loggedChars);
    const complete = news.slice(0, news.lastIndexOf('\n') + 1);
    this.loggedChars += complete.length;
    for (const line of complete.split('\n').slice(0, -1)) this.parts.onLog?.(line);
  }

  private arguments(): string[] {
    const { machine, broker } = this.parts;
    const flash = `memory-backend-file,id=nv,size=${this.flashBytes},mem-path=${this.flashPath},share=on`;
    const network = `socket,id=net,host=${broker.host},port=${broker.port},nodelay=on,reconnect=1`;
    const board = ['-M', `${machine},memory-backend=nv`, '-object', flash, '-kernel', this.programPath];
    const lines = ['-chardev', network, '-serial', 'chardev:net', '-serial', `file:${this.logPath}`];
    return [...board, ...lines, '-display', 'none', '-monitor', 'none', '-nodefaults', '-no-user-config'];
  }

  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    await this.ended;
  }

  async install(program: Uint8Array): Promise<void> {
    const wasOn = this.isOn;
    await this.kill();
    writeFileSync(this.programPath, program);
    if (wasOn) this.start();
  }

  /** Its line goes straight to the broker: the emulator is frozen instead. */
  mute(): void {
    this.process?.kill('SIGSTOP');
  }

  async stop(): Promise<void> {
    await this.kill();
    clearInterval(this.logTimer);
  }
}
