import type { ModuleCache } from '../wasm/module-cache';
import { type BoardHost, WasmBoard } from '../wasm/wasm-board';
import { type BrokerAddress, BrokerLink } from './broker-link';
import type { Device } from './device';
import type { FlashStore } from './flash-store';
import type { Polled, PollLoop } from './poll-loop';

/** What virtual devices share. */
export interface VirtualWorld {
  readonly broker: BrokerAddress;
  readonly loop: PollLoop;
  readonly modules: ModuleCache;
  /** Milliseconds, from any beginning. */
  readonly nowMs: () => number;
}

export interface VirtualBoard {
  readonly name: string;
  readonly flash: FlashStore;
  readonly program: Uint8Array;
  readonly onLog?: (line: string) => void;
}

/** A board whose program runs as WebAssembly: it speaks the real bytes and truly trains. */
export class VirtualDevice implements Device, Polled {
  private board: WasmBoard | undefined;
  private link: BrokerLink | undefined;
  private program: Uint8Array;

  constructor(
    private readonly world: VirtualWorld,
    private readonly parts: VirtualBoard,
  ) {
    this.program = parts.program;
  }

  get name(): string {
    return this.parts.name;
  }

  readFlash(): Uint8Array {
    return this.parts.flash.bytes;
  }

  get isOn(): boolean {
    return this.board !== undefined;
  }

  start(): void {
    if (this.board) return;
    this.board = new WasmBoard(this.world.modules.get(this.program), this.parts.flash, this.host());
    this.link = new BrokerLink(this.world.broker, {
      opened: () => this.changeLink(true),
      closed: () => this.changeLink(false),
      received: () => this.world.loop.wake(this),
    });
    this.board.start(this.world.nowMs());
    this.world.loop.add(this);
  }

  /** Until its power is cut, nothing that it sends arrives. */
  mute(): void {
    this.link?.mute();
  }

  private host(): BoardHost {
    return {
      send: (bytes) => this.link?.send(bytes) ?? false,
      resetLink: () => this.link?.reset(),
      log: (line) => this.parts.onLog?.(line),
    };
  }

  private changeLink(isUp: boolean): void {
    this.board?.setLink(isUp);
    this.world.loop.wake(this);
  }

  poll(): boolean {
    const { board, link } = this;
    if (!board || !link) return false;
    link.take((bytes) => board.receive(bytes));
    return board.poll(this.world.nowMs()) || link.hasWaiting;
  }

  /** Between two slices. */
  async kill(): Promise<void> {
    this.world.loop.remove(this);
    this.link?.stop();
    this.link = undefined;
    this.board = undefined;
  }

  async install(program: Uint8Array): Promise<void> {
    const wasOn = this.isOn;
    await this.kill();
    this.program = program;
    if (wasOn) this.start();
  }

  async stop(): Promise<void> {
    await this.kill();
    this.parts.flash.close();
  }
}
