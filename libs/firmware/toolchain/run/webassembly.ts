/** The part of the JavaScript WebAssembly interface that is used here (TypeScript describes it only for browsers). */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

type Exported = WasmMemory | { readonly value: number } | ((...args: readonly number[]) => number);

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, Exported>> };
}

const api = (): WebAssemblyApi =>
  (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

/** A compiled module; it can be given to other threads and instantiated many times. */
export type WasmModule = object;

export const compileWasm = (bytes: Uint8Array): WasmModule => new (api().Module)(bytes);

export const instantiateWasm = (module: WasmModule): Readonly<Record<string, Exported>> =>
  new (api().Instance)(module, {}).exports;
