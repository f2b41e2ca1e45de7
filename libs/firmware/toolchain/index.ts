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
 *
 * The program `inference` has its parameters in flash and nothing but its arena in RAM: `footprint` says what a model takes.
 * @example
 * const built = unwrap(await build(shop, { program: 'inference', target: 'arm', board, model, parameters }));
 * const { outputs, instructions, stackBytes } = unwrap(await openEngine(shop, built).forward({ inputs }));
 * if (built.fit) print(certificateText(built.fit));
 *
 * The program `session` has its parameters in flash and the session of the device program around them: a whole training session in one job.
 * @example
 * const built = unwrap(await build(shop, { program: 'session', target: 'arm', board, model, parameters }));
 * const { before, after, delta } = unwrap(await sessionEngine(shop, built).run({ plan, rows }));
 */
export { type Exec, type ExecOptions, type ExecResult, nodeExec } from './exec';
export { boardNames, DEFAULT_TOOLS, loadBoard, type Tools, workshop, type Workshop } from './workshop';
export { build, type Build, type BuildRequest } from './build/build';
export { buildMany } from './build/build-many';
export type {
  BrokenPromise,
  BuildFailed,
  BuildFault,
  CompilerMissing,
  DoesNotFitRegion,
  NoDrivers,
} from './build/build-fault';
export type { Figure, FitCertificate, RegionFit } from './build/certificate';
export { certificateText } from './build/certificate-text';
export type { Footprint } from './build/footprint';
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
export { type SessionEngine, sessionEngine } from './run/session-engine';
export { packSessionJob, type SessionJob } from './run/session-job';
export { featureRoom, readSessionResult, type SessionExtent, type SessionResult } from './run/session-result';
export { timeInference } from './run/time-inference';
export { wasmEngine } from './run/wasm-engine';
export { WasmModel, type WasmFacts, type WasmStep } from './run/wasm-model';
export { compileWasm, type WasmModule } from './run/webassembly';
