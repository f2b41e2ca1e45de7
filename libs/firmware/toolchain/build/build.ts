import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, invariant, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { GeneratedModel, ModelFacts } from '#libs/firmware/codegen';
import type { Workshop } from '../workshop';
import type { BuildFault } from './build-fault';
import { readCallGraph } from './call-graph';
import { certify, type FitCertificate } from './certificate';
import { type CompiledObject, Compiler, type CompileJob, writeSources } from './compile';
import { ContentStore } from './content-store';
import { link } from './link';
import { type ProgramName, PROGRAMS, startupOf } from './programs';
import { headerFolders, type Source, SourceTree, textDigest } from './source-tree';
import type { TargetName, Variant } from './targets';

export interface BuildRequest {
  readonly program: ProgramName;
  readonly target: TargetName;
  readonly board: Board;
  readonly model: GeneratedModel;
  /** Native only. */
  readonly sanitize?: boolean;
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
  /** ARM: the proof that it fits. */
  readonly fit?: FitCertificate;
  /** What compilers complained about; empty for our own code. */
  readonly warnings: string;
  /** How many of the objects had to be compiled. */
  readonly compiled: number;
}

async function sourcesOf(
  tree: SourceTree,
  { program, target, board }: BuildRequest,
): Promise<readonly Source[]> {
  const { sources, sourcesOf: more } = PROGRAMS[program];
  const ofTarget = more[target];
  invariant(ofTarget, `the program ${program} is not made for ${target}`);
  const startup = new Set(startupOf(board));
  const files = [...(await tree.kernels()), ...sources, ...ofTarget(board)];
  return Promise.all(files.map((file) => tree.source(file, startup.has(file))));
}

/** Compiles `jobs`, a few at a time; the first fault ends it. */
async function compileAll(
  compiler: Compiler,
  jobs: readonly CompileJob[],
): Promise<Result<readonly CompiledObject[], BuildFault>> {
  const objects = new Map<number, CompiledObject>();
  let next = 0;
  let fault: BuildFault | undefined;
  const work = async (): Promise<void> => {
    while (next < jobs.length && !fault) {
      const index = next++;
      const result = await compiler.compile(jobs[index] as CompileJob);
      if (result.ok) objects.set(index, result.value);
      else fault = result.error;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return fault ? err(fault) : ok(jobs.map((_, index) => objects.get(index) as CompiledObject));
}

async function buildIn(
  folder: string,
  shop: Workshop,
  request: BuildRequest,
): Promise<Result<Build, BuildFault>> {
  const { program, target, board, model, sanitize = false } = request;
  const variant: Variant = { target, board, sanitize };
  const tree = new SourceTree(shop.templates);
  const store = new ContentStore(shop.cache);
  const compiler = new Compiler(shop, variant, store);
  const generated = join(folder, 'generated');
  await writeSources(generated, model.files);

  const config = model.files
    .filter(({ path }) => path.endsWith('.h'))
    .map(({ path, text }) => `${path}\n${text}`);
  const [kernels, all] = await Promise.all([
    tree.headersDigest(['kernels']),
    tree.headersDigest(headerFolders(board)),
  ]);
  const headers = { kernels, all: textDigest(all, ...config) };
  const includes = tree.includeFolders(headerFolders(board), generated);
  const own = model.files
    .filter(({ path }) => path.endsWith('.c'))
    .map(({ path, text }): Source => ({
      path: join(generated, path),
      text,
      isKernel: false,
      isStartup: false,
    }));
  const sources = [...own, ...(await sourcesOf(tree, request))];
  const objects = await compileAll(
    compiler,
    sources.map((source) => ({ source, includes, headers, folder })),
  );
  if (!objects.ok) return objects;

  const scriptPath = tree.path(`boards/${board.family}/link.ld`);
  const script = { path: scriptPath, text: await readFile(scriptPath, 'utf8') };
  const linked = await link(shop, variant, store, {
    objects: objects.value,
    script,
    exports: PROGRAMS[program].exports(model.facts),
    folder,
  });
  if (!linked.ok) return linked;
  const { interrupts, calledIndirectly } = PROGRAMS[program];
  const texts = objects.value.map((object) => object.callGraph);
  const calls = { graph: readCallGraph(texts, calledIndirectly), interrupts };
  const fit = target === 'arm' ? certify(linked.value.binary, calls, board, model.facts) : undefined;
  if (fit && !fit.ok) return fit;
  return ok({
    program,
    target,
    board,
    facts: model.facts,
    binary: linked.value.binary,
    key: linked.value.key,
    ...(fit ? { fit: fit.value } : {}),
    warnings: objects.value.map(({ warnings }) => warnings).join(''),
    compiled: objects.value.filter(({ fromCache }) => !fromCache).length,
  });
}

/** Compiles and links a program around a generated model. Faults of the request are returned, those of the disk thrown. */
export async function build(shop: Workshop, request: BuildRequest): Promise<Result<Build, BuildFault>> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlearn-build-'));
  try {
    return await buildIn(folder, shop, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
