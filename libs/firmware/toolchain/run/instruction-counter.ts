import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '#libs/base/result';
import { readElf, symbolAddress } from '#libs/firmware/elf';
import type { Build } from '../build/build';
import { ContentStore } from '../build/content-store';
import { textDigest } from '../build/text-digest';
import type { Workshop } from '../workshop';
import type { RunFault } from './result';

const SOURCE = 'host/instruction_counter.c';

/** The emulator's plugin, compiled where no one has yet. */
async function pluginOf(shop: Workshop): Promise<Result<string, RunFault>> {
  const source = join(shop.templates, SOURCE);
  const flags = ['-std=c99', '-Wall', '-Wextra', '-O2', '-fPIC', '-shared'];
  const key = textDigest(shop.tools.native, flags.join('\n'), await readFile(source, 'utf8'));
  const store = new ContentStore(shop.cache);
  const path = store.path(key, '.so');
  if (await store.has(key, '.so')) return ok(path);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true });
  const run = await shop.exec.run(shop.tools.native, [...flags, source, '-o', temporary]);
  if (run.kind !== 'ended' || run.code !== 0) {
    const said = run.kind === 'missing' ? 'it is not installed' : run.stderr.slice(0, 400);
    return err({
      code: 'run.failed',
      message: `${shop.tools.native} cannot make the instruction counter: ${said}`,
    });
  }
  await rename(temporary, path);
  return ok(path);
}

/** Counts the instructions of the first call of a function. */
export interface InstructionCounter {
  /** For the emulator. */
  readonly args: readonly string[];
  /** Undefined: nothing was counted, or the program never came back from the call. */
  read(): Promise<number | undefined>;
}

/**
 * A counter for one run. It writes its count to `folder`.
 * @param counted from the first instruction of this function to its return
 */
export async function instructionCounter(
  shop: Workshop,
  { binary }: Pick<Build, 'binary'>,
  folder: string,
  counted: string,
): Promise<Result<InstructionCounter, RunFault>> {
  const plugin = await pluginOf(shop);
  if (!plugin.ok) return plugin;
  const elf = readElf(binary);
  const begin = elf.ok ? symbolAddress(elf.value, counted) : undefined;
  if (begin === undefined) return err({ code: 'run.failed', message: `the program has no ${counted}` });
  const file = join(folder, 'instructions');
  await writeFile(file, '0');
  return ok({
    args: ['-plugin', `${plugin.value},begin=0x${(begin & ~1).toString(16)},out=${file}`],
    read: async () => Number(await readFile(file, 'utf8')) || undefined,
  });
}
