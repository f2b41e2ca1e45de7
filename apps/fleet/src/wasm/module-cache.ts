import { digestOf } from '#libs/base/bytes';
import { compileWasm, type WasmModule } from '#libs/firmware/toolchain';

/** Every program is compiled once, however many boards run it. */
export class ModuleCache {
  private readonly modules = new Map<string, WasmModule>();

  get(program: Uint8Array): WasmModule {
    const digest = digestOf(program);
    const known = this.modules.get(digest);
    if (known) return known;
    const module = compileWasm(program);
    this.modules.set(digest, module);
    return module;
  }
}
