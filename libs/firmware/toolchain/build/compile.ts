import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#libs/base/result';
import type { Workshop } from '../workshop';
import { type BuildFault, buildFailed, compilerMissing } from './build-fault';
import type { ContentStore } from './content-store';
import type { Headers } from './headers';
import type { Source } from './source-tree';
import { compileFlags, compilerOf, SMALL_FLAGS, STARTUP_FLAGS, type Variant } from './targets';
import { textDigest } from './text-digest';

/** A compiled object in the store. */
export interface CompiledObject {
  readonly key: string;
  readonly path: string;
  /** What the compiler complained about; empty for our own code. */
  readonly warnings: string;
  /** gcc's call graph with stack sizes (-fcallgraph-info), empty elsewhere. */
  readonly callGraph: string;
  readonly fromCache: boolean;
}

export interface CompileJob {
  readonly source: Source;
  readonly includes: readonly string[];
  readonly headers: Headers;
  /** A folder of this build. */
  readonly folder: string;
}

const decoder = new TextDecoder();

/** Compiles sources for one variant, each object at most once. */
export class Compiler {
  private identity: Promise<Result<string, BuildFault>> | undefined;

  constructor(
    private readonly shop: Workshop,
    private readonly variant: Variant,
    private readonly store: ContentStore,
  ) {}

  /** First line of `--version`: objects of different compilers never meet. */
  version(): Promise<Result<string, BuildFault>> {
    this.identity ??= this.askVersion();
    return this.identity;
  }

  private async askVersion(): Promise<Result<string, BuildFault>> {
    const tool = compilerOf(this.shop.tools, this.variant.target);
    const result = await this.shop.exec.run(tool, ['--version']);
    if (result.kind === 'missing') return err(compilerMissing(tool));
    if (result.kind !== 'ended' || result.code !== 0)
      return err(buildFailed(`${tool} --version`, result.stderr));
    return ok(result.stdout.split('\n')[0] ?? '');
  }

  async compile(job: CompileJob): Promise<Result<CompiledObject, BuildFault>> {
    const version = await this.version();
    if (!version.ok) return version;
    const { source, headers } = job;
    const defines = this.variant.defines.filter((name) => headers.mentions(source.text, name));
    const flags = [
      ...compileFlags(this.variant),
      ...(this.variant.target === 'arm' && source.isHot !== true ? SMALL_FLAGS : []),
      ...(source.isStartup ? STARTUP_FLAGS : []),
      ...defines.map((name) => `-D${name}=1`),
    ];
    const key = textDigest(version.value, flags.join('\n'), headers.digestFor(source.text), source.text);
    if (await this.store.has(key, '.o')) return ok(await this.stored(key, true));
    const failed = await this.run(job, flags, key);
    return failed ? err(failed) : ok(await this.stored(key, false));
  }

  private async stored(key: string, fromCache: boolean): Promise<CompiledObject> {
    const text = async (ending: string): Promise<string> =>
      decoder.decode(await this.store.read(key, ending));
    const [warnings, callGraph] = await Promise.all([text('.log'), text('.ci')]);
    return { key, path: this.store.path(key, '.o'), warnings, callGraph, fromCache };
  }

  private async run(
    { source, includes, folder }: CompileJob,
    flags: readonly string[],
    key: string,
  ): Promise<BuildFault | undefined> {
    const own = join(folder, key);
    await mkdir(own, { recursive: true });
    const object = join(own, 'out.o');
    const args = [...flags, ...includes.map((include) => `-I${include}`), '-c', source.path, '-o', object];
    const tool = compilerOf(this.shop.tools, this.variant.target);
    const result = await this.shop.exec.run(tool, args);
    if (result.kind === 'missing') return compilerMissing(tool);
    if (result.kind !== 'ended' || result.code !== 0)
      return buildFailed(`compiling ${source.path}`, result.stderr);
    const callGraph = await readFile(join(own, 'out.ci')).catch(() => new Uint8Array());
    // Most have nothing to say: a file that is not there is read fastest.
    if (result.stderr !== '') await this.store.write(key, '.log', new TextEncoder().encode(result.stderr));
    if (callGraph.length > 0) await this.store.write(key, '.ci', callGraph);
    await this.store.write(key, '.o', await readFile(object));
    return undefined;
  }
}

/** Writes generated files where the compiler can see them. */
export async function writeSources(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map(({ path, text }) => writeFile(join(folder, path), text)));
}
