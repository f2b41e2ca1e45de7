/**
 * The toolchain: generated C becomes a program, and the program runs.
 *
 * Owns: compilers and their flags, the cache of objects, linking within a board's budget, the proof that the linked file
 * fits, and the engines that run it: the ARM image under QEMU, WebAssembly in this process, a native process.
 * Invariant: the linker enforces the budget, and what was linked is read back and compared with plan and board.
 * The only library that starts processes or touches the disk, both through a `Workshop` that is handed in.
 *
 * @example
 * const shop = workshop({ templates: 'firmware-templates', cache: '.fleetlearn/build' });
 * const built = await build(shop, { program: 'harness', target: 'wasm', board, model });
 * if (!built.ok) return built; // 'build.does-not-fit', 'build.compiler-missing', ...
 * const result = await openEngine(shop, built.value).train(job);
 */
export { type Exec, type ExecOptions, type ExecResult, nodeExec } from './exec';
export { boardNames, DEFAULT_TOOLS, loadBoard, type Tools, workshop, type Workshop } from './workshop';
export { build, type Build, type BuildRequest } from './build/build';
export type {
  BrokenPromise,
  BuildFailed,
  BuildFault,
  CompilerMissing,
  DoesNotFitRegion,
} from './build/build-fault';
export type { FitCertificate } from './build/certificate';
export type { StackBound } from './build/call-graph';
export { NO_MODEL } from './build/no-model';
export type { ProgramName } from './build/programs';
export type { TargetName } from './build/targets';
export {
  packJob,
  type ForwardJob,
  type JobRate,
  type JobRates,
  type JobStep,
  type TrainJob,
} from './run/job';
export { int32s, type ForwardResult, type RunFault, type StepRecord, type TrainResult } from './run/result';
export type { Engine } from './run/engine';
export { armEngine, type ArmOptions } from './run/arm-engine';
export { nativeEngine } from './run/native-engine';
export { openEngine } from './run/open-engine';
export { wasmEngine } from './run/wasm-engine';
export { WasmModel, type WasmFacts, type WasmStep } from './run/wasm-model';
export { compileWasm, type WasmModule } from './run/webassembly';
