import { invariant } from '#libs/base/result';
import { instantiateWasm, type WasmMemory, type WasmModule } from './webassembly';

const PAGE_BYTES = 65536;
const ALIGNMENT = 8;

/** An instance of a harness module: its functions, and room above its static data that we give out. */
export class WasmMachine {
  private readonly exports: ReturnType<typeof instantiateWasm>;
  private readonly memory: WasmMemory;
  private end: number;

  constructor(module: WasmModule) {
    this.exports = instantiateWasm(module);
    this.memory = this.exports['memory'] as WasmMemory;
    this.end = (this.exports['__heap_base'] as { readonly value: number }).value;
  }

  has(name: string): boolean {
    return typeof this.exports[name] === 'function';
  }

  /** Calls an exported function; a trap inside it is thrown as the engine's RuntimeError. */
  call(name: string, ...args: readonly number[]): number {
    const target = this.exports[name];
    invariant(typeof target === 'function', `the module exports no ${name}`);
    return target(...args);
  }

  /** Room for `bytes` bytes, never given back: an instance is as short-lived as its work. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.end / ALIGNMENT) * ALIGNMENT;
    this.end = address + bytes;
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  /** A view of memory. Growing memory ends its life: take it, use it, drop it. */
  view(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, bytes);
  }

  put(address: number, bytes: Uint8Array | Int8Array): void {
    this.view(address, bytes.length).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  copyOf(address: number, bytes: number): Uint8Array {
    return this.view(address, bytes).slice();
  }
}
