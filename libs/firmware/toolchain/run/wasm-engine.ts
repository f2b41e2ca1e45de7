import { ok } from '#libs/base/result';
import type { Build } from '../build/build';
import { type Engine, engineOver } from './engine';
import { WasmMachine } from './wasm-memory';
import { compileWasm } from './webassembly';

/** The harness as WebAssembly in this process: a new instance for every job. */
export function wasmEngine(build: Pick<Build, 'binary' | 'facts' | 'trace' | 'writes'>): Engine {
  const module = compileWasm(build.binary);
  return engineOver(build, async (job, capacity) => {
    const machine = new WasmMachine(module);
    const jobAt = machine.reserve(job.length);
    const resultAt = machine.reserve(capacity);
    machine.put(jobAt, job);
    machine.call('fl_harness_run', jobAt, job.length, resultAt, capacity);
    return Promise.resolve(ok({ result: machine.copyOf(resultAt, capacity) }));
  });
}
