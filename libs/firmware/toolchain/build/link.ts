import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#libs/base/result';
import type { Workshop } from '../workshop';
import { type BuildFault, buildFailed, compilerMissing } from './build-fault';
import type { CompiledObject } from './compile';
import type { ContentStore } from './content-store';
import { linkCommand, type Variant } from './targets';
import { textDigest } from './text-digest';

export interface LinkJob {
  readonly objects: readonly CompiledObject[];
  /** Linker scripts (ARM). */
  readonly scripts: readonly { readonly path: string; readonly text: string }[];
  /** Functions that a wasm host may call. */
  readonly exports: readonly string[];
  /** A folder of this build. */
  readonly folder: string;
}

/** A linked program and the digest of everything that went into it. */
export interface Linked {
  readonly key: string;
  readonly binary: Uint8Array;
  readonly fromCache: boolean;
}

/** Links objects into a program, or takes it from the store. */
export async function link(
  shop: Workshop,
  variant: Variant,
  store: ContentStore,
  job: LinkJob,
): Promise<Result<Linked, BuildFault>> {
  const { tool, before, after, takesScripts } = linkCommand(shop.tools, variant, job.exports);
  const scripts = takesScripts ? job.scripts : [];
  const key = textDigest(
    tool,
    before.join('\n'),
    ...scripts.map(({ text }) => text),
    job.objects.map(({ key: object }) => object).join('\n'),
  );
  const known = await store.read(key, '.bin');
  if (known) return ok({ key, binary: known, fromCache: true });
  const output = join(job.folder, 'program');
  const result = await shop.exec.run(tool, [
    ...before,
    ...scripts.flatMap(({ path }) => ['-T', path]),
    ...job.objects.map(({ path }) => path),
    ...after,
    '-o',
    output,
  ]);
  if (result.kind === 'missing') return err(compilerMissing(tool));
  if (result.kind !== 'ended' || result.code !== 0) return err(buildFailed('linking', result.stderr));
  const binary = new Uint8Array(await readFile(output));
  await store.write(key, '.bin', binary);
  return ok({ key, binary, fromCache: false });
}
