import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, fault, invariant, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { GeneratedModel, ModelFacts, SourceFile } from '#libs/firmware/codegen';
import type { Workshop } from '../workshop';
import { withAdvice } from './advice';
import { boardHeader, boardScript } from './board-files';
import type { BuildFault, NoDrivers } from './build-fault';
import { readCallGraph } from './call-graph';
import { certify, type FitCertificate } from './certificate';
import { type CompiledObject, Compiler, type CompileJob, writeSources } from './compile';
import { ContentStore } from './content-store';
import { type Footprint, footprintOf } from './footprint';
import { Headers } from './headers';
import { link, type Linked } from './link';
import { linkedParameters } from './linked-parameters';
import { neededKernels } from './needed-kernels';
import { type ProgramName, PROGRAMS, startupOf } from './programs';
import { headerFolders, type Source, sourceTreeAt, type SourceTree } from './source-tree';
import type { TargetName, Variant } from './targets';

export interface BuildRequest {
  readonly program: ProgramName;
  readonly target: TargetName;
  readonly board: Board;
  readonly model: GeneratedModel;
  /** `inference`: the image that becomes a part of the program. */
  readonly parameters?: Uint8Array;
  /** Forward results show what every call wrote; a call that changes what is not its own is a fault of the run. */
  readonly trace?: boolean;
  /** Native only. */
  readonly sanitize?: boolean;
  /** Wasm only: without vectors, to measure what they bring. The same bytes come out. */
  readonly scalar?: boolean;
}

/** A linked program. */
export interface Build {
  readonly program: ProgramName;
  readonly target: TargetName;
  readonly board: Board;
  readonly facts: ModelFacts;
  /** ELF for the board, a WebAssembly module, or an executable of this machine. */
  readonly binary: Uint8Array;
  /** Digest of everything that went into it. */
  readonly key: string;
  readonly footprint: Footprint;
  /** ARM: the proof that it fits. */
  readonly fit?: FitCertificate;
  /** Built with `trace`. */
  readonly trace: boolean;
  /** Of a build with `trace`: what each call may change. */
  readonly writes?: GeneratedModel['writes'];
  /** What compilers complained about; empty for our own code. */
  readonly warnings: string;
  /** How many of the objects had to be compiled. */
  readonly compiled: number;
}

/** Everything that one build is made with. */
interface Bench {
  readonly shop: Workshop;
  readonly request: BuildRequest;
  /** Generated files. */
  readonly files: readonly SourceFile[];
  readonly variant: Variant;
  readonly tree: SourceTree;
  readonly store: ContentStore;
  /** A folder of this build, gone when it ends. */
  readonly folder: string;
}

const generatedFolder = ({ folder }: Bench): string => join(folder, 'generated');

/** Every generated file: the model, the board's header, the parameters where they are linked in. */
function generatedFiles({ model, board, program, parameters }: BuildRequest): readonly SourceFile[] {
  const header = boardHeader(board);
  const image = PROGRAMS[program].linksParameters ? parameters : undefined;
  invariant(
    !PROGRAMS[program].linksParameters || image,
    `the program ${program} is built with its parameters`,
  );
  return [...model.files, ...(header ? [header] : []), ...(image ? [linkedParameters(image)] : [])];
}

/** All but the kernels. */
async function templateSources({ tree, request }: Bench): Promise<readonly Source[]> {
  const { program, target, board, trace } = request;
  const { sources, sourcesOf, traceSources } = PROGRAMS[program];
  const ofTarget = sourcesOf[target];
  invariant(ofTarget, `the program ${program} is not made for ${target}`);
  const startup = new Set(startupOf(board));
  const files = [...sources, ...ofTarget(board), ...(trace ? traceSources : [])];
  return Promise.all(files.map((file) => tree.source(file, startup.has(file))));
}

/** One job a C file, the generated ones first, then the kernels that are called. */
async function compileJobs(bench: Bench): Promise<readonly CompileJob[]> {
  const { tree, request, folder, files } = bench;
  const { board } = request;
  const generated = generatedFolder(bench);
  const is = (ending: string) => (file: SourceFile) => file.path.endsWith(ending);
  const own = files
    .filter(is('.c'))
    .map(({ path, text }) => ({ path: join(generated, path), text, isStartup: false }));
  const configuration = files.filter(is('.h')).map(({ path, text }) => [path, text] as const);
  const headers = new Headers(new Map(configuration), await tree.headers(headerFolders(board)));
  const includes = tree.includeFolders(headerFolders(board), generated);
  const templates = await templateSources(bench);
  const kernels = neededKernels(await tree.kernels(), [...own, ...templates], headers);
  return [...own, ...kernels, ...templates].map((source) => ({ source, includes, headers, folder }));
}

/** Compiles `jobs`, a few at a time; the first fault ends it. */
async function compileAll(
  compiler: Compiler,
  jobs: readonly CompileJob[],
): Promise<Result<readonly CompiledObject[], BuildFault>> {
  const objects = new Map<number, CompiledObject>();
  let next = 0;
  let failed: BuildFault | undefined;
  const work = async (): Promise<void> => {
    while (next < jobs.length && !failed) {
      const index = next++;
      const result = await compiler.compile(jobs[index] as CompileJob);
      if (result.ok) objects.set(index, result.value);
      else failed = result.error;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failed ? err(failed) : ok(jobs.map((_, index) => objects.get(index) as CompiledObject));
}

async function linkAll(
  bench: Bench,
  objects: readonly CompiledObject[],
): Promise<Result<Linked, BuildFault>> {
  const { shop, request, variant, tree, store, folder } = bench;
  const { board, model, program } = request;
  const own = boardScript(board, model.facts.arenaBytes);
  await writeSources(folder, [own]);
  const path = tree.path(`boards/${board.family}/link.ld`);
  const scripts = [
    { path: join(folder, own.path), text: own.text },
    { path, text: await readFile(path, 'utf8') },
  ];
  const exports = PROGRAMS[program].exports(model.facts);
  const linked = await link(shop, variant, store, { objects, scripts, exports, folder });
  if (linked.ok || linked.error.code !== 'build.does-not-fit') return linked;
  return err(withAdvice(linked.error, board, model.facts));
}

/** ARM: reads the linked file back. */
function certificateOf(
  { request }: Bench,
  objects: readonly CompiledObject[],
  binary: Uint8Array,
): Result<FitCertificate | undefined, BuildFault> {
  const { program, target, board, model } = request;
  if (target !== 'arm') return ok(undefined);
  const { interrupts, calledIndirectly } = PROGRAMS[program];
  const graph = readCallGraph(
    objects.map(({ callGraph }) => callGraph),
    calledIndirectly,
  );
  return certify(binary, { graph, interrupts }, board, model.facts);
}

async function buildOn(bench: Bench): Promise<Result<Build, BuildFault>> {
  const { program, target, board, model, trace = false } = bench.request;
  await writeSources(generatedFolder(bench), bench.files);
  const compiler = new Compiler(bench.shop, bench.variant, bench.store);
  const objects = await compileAll(compiler, await compileJobs(bench));
  if (!objects.ok) return objects;
  const linked = await linkAll(bench, objects.value);
  if (!linked.ok) return linked;
  const fit = certificateOf(bench, objects.value, linked.value.binary);
  if (!fit.ok) return fit;
  return ok({
    program,
    target,
    board,
    facts: model.facts,
    binary: linked.value.binary,
    key: linked.value.key,
    footprint: footprintOf(target, linked.value.binary, fit.value),
    ...(fit.value ? { fit: fit.value } : {}),
    trace,
    ...(trace ? { writes: model.writes } : {}),
    warnings: objects.value.map(({ warnings }) => warnings).join(''),
    compiled: objects.value.filter(({ fromCache }) => !fromCache).length,
  });
}

/** Why the program cannot be made for the board, if it can't. */
function lacking({ program, target, board, trace }: BuildRequest): NoDrivers | undefined {
  if (target !== 'arm') return undefined;
  const blind = trace && !board.memory.storage ? 'its layers could be shown to nobody' : undefined;
  const reason = PROGRAMS[program].lacking(board) ?? blind;
  return reason === undefined
    ? undefined
    : fault('board.no-drivers', `${board.name} cannot run "${program}": ${reason}`);
}

function variantOf({
  model,
  program,
  target,
  board,
  trace,
  sanitize = false,
  scalar = false,
}: BuildRequest): Variant {
  const isNarrow = model.facts.training?.gradients === 'int8';
  const defines = [
    ...(PROGRAMS[program].linksParameters ? ['FL_PARAMETERS_LINKED'] : []),
    ...(trace ? ['FL_TRACE_CALLS'] : []),
    ...(target === 'wasm' && !scalar ? ['FL_SIMD'] : []),
    ...(target === 'arm' && board.dsp ? ['FL_DSP'] : []),
    ...(target === 'arm' && board.dsp && !isNarrow ? ['FL_DSP_GRADIENTS'] : []),
    ...(isNarrow ? ['FL_INT8_GRADIENTS'] : []),
  ];
  return { target, board, sanitize, scalar, defines };
}

/** Compiles and links a program around a generated model. Faults of the request are returned, those of the disk thrown. */
export async function build(shop: Workshop, request: BuildRequest): Promise<Result<Build, BuildFault>> {
  const missing = lacking(request);
  if (missing) return err(missing);
  const folder = await mkdtemp(join(tmpdir(), 'fleetlearn-build-'));
  try {
    const [variant, files] = [variantOf(request), generatedFiles(request)];
    const tree = sourceTreeAt(shop.templates);
    const store = new ContentStore(shop.cache);
    return await buildOn({ shop, request, files, variant, tree, store, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
