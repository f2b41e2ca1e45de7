import type { WasmModule } from '#libs/firmware/toolchain';
import type { FlashStore } from '../devices/flash-store';
import { type DeviceExports, instantiateDevice, WASM_PAGE_BYTES } from './web-assembly';

/** What a board's pins lead to. */
export interface BoardHost {
  /** False: there is no connection. */
  send(bytes: Uint8Array): boolean;
  resetLink(): void;
  log(line: string): void;
}

/**
 * One board with power on: an instance of the device program. Dropping it is cutting its power; only the flash store
 * stays. It owns no timer and no socket: bytes and time are brought to it.
 */
export class WasmBoard {
  private readonly program: DeviceExports;
  private readonly flashAt: number;

  constructor(
    module: WasmModule,
    private readonly flash: FlashStore,
    host: BoardHost,
  ) {
    this.program = instantiateDevice(module, {
      send: (at, count) => (host.send(this.bytes(at, count).slice()) ? 1 : 0),
      reset_link: () => host.resetLink(),
      flash_changed: (offset, count) => this.keep(offset, count),
      log: (at, count) => host.log(new TextDecoder().decode(this.bytes(at, count))),
    });
    this.flashAt = this.placeFlash();
  }

  private bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.program.memory.buffer, at, count);
  }

  /** Behind everything that the program has of its own. */
  private placeFlash(): number {
    const { memory, __heap_base } = this.program;
    const at = Math.ceil(__heap_base.value / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    const missing = at + this.flash.bytes.length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
    this.bytes(at, this.flash.bytes.length).set(this.flash.bytes);
    return at;
  }

  private keep(offset: number, count: number): void {
    this.flash.write(offset, this.bytes(this.flashAt + offset, count));
  }

  start(nowMs: number): void {
    this.program.fl_start(this.flashAt, this.flash.bytes.length, nowMs);
  }

  setLink(isUp: boolean): void {
    this.program.fl_link_up(isUp ? 1 : 0);
  }

  /** Gives it received bytes; how many it had room for. */
  receive(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.program.fl_receive_room());
    this.bytes(this.program.fl_receive_place(), count).set(bytes.subarray(0, count));
    this.program.fl_received(count);
    return count;
  }

  /** One slice of its main loop. True: it has more to do at once. */
  poll(nowMs: number): boolean {
    return this.program.fl_poll(nowMs) !== 0;
  }
}
