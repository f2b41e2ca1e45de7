import type { WasmModule } from '#libs/firmware/toolchain';

/** Linear memory, as far as it is used here. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** In pages of 64 KiB. */
  grow(pages: number): number;
}

type HostFunctions = Readonly<Record<string, (...numbers: number[]) => number | void>>;

/** TypeScript describes WebAssembly only together with the whole browser, which Node code must not see. */
interface WasmApi {
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, HostFunctions>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const api = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

export const WASM_PAGE_BYTES = 65_536;

/** What a device module exports (firmware-templates/host/wasm_device.c). */
export interface DeviceExports {
  readonly memory: WasmMemory;
  readonly __heap_base: { readonly value: number };
  fl_start(flashAt: number, flashBytes: number, nowMs: number): void;
  fl_link_up(isUp: number): void;
  fl_receive_place(): number;
  fl_receive_room(): number;
  fl_received(count: number): void;
  fl_poll(nowMs: number): number;
}

/** What it imports. */
export interface DeviceImports {
  readonly send: (at: number, count: number) => number;
  readonly reset_link: () => void;
  readonly flash_changed: (offset: number, count: number) => void;
  readonly log: (at: number, count: number) => void;
}

export function instantiateDevice(module: WasmModule, imports: DeviceImports): DeviceExports {
  const { send, reset_link, flash_changed, log } = imports;
  return new api.Instance(module, { host: { send, reset_link, flash_changed, log } })
    .exports as unknown as DeviceExports;
}
