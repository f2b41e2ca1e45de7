import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#libs/base/result';
import type { Region } from '#libs/firmware/boards';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import type { RunFault } from './result';

/** One boot of an emulated board. */
export interface Boot {
  readonly shop: Workshop;
  readonly build: Pick<Build, 'board' | 'binary'>;
  /** Of this boot alone: its files lie there. */
  readonly folder: string;
  readonly job: Uint8Array;
  /** Bytes of the result that are wanted. */
  readonly capacity: number;
  /** More arguments for QEMU. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

/** Boots with a job in the board's storage, until the program ends; brings what it left in the second half. */
export async function bootBoard(boot: Boot): Promise<Result<Uint8Array, RunFault>> {
  const { build, folder, job, capacity } = boot;
  const { board, binary } = build;
  const { storage } = board.memory;
  if (!storage || !board.qemuMachine)
    return err({ code: 'run.failed', message: `${board.name} is not emulated: nothing was run` });
  const half = storage.bytes / 2;
  const needed = Math.max(job.length, capacity);
  if (needed > half)
    return err({
      code: 'run.no-room',
      message: `${needed} bytes do not fit the ${half} that ${board.name} has for them`,
    });
  const [program, image] = [join(folder, 'program.elf'), imagePath(folder)];
  await Promise.all([writeFile(program, binary), makeStorage(image, storage, job)]);
  const backing = `memory-backend-file,id=storage,size=${storage.bytes},mem-path=${image},share=on`;
  const args = ['-object', backing, '-kernel', program, ...boot.args];
  const ran = await runQemu(boot, `${board.qemuMachine},memory-backend=storage`, args);
  return ran.ok ? ok(await readStoredResult(boot)) : ran;
}

/** The second half of the storage as it is, also while the program runs: both sides see the same file. */
export async function readStoredResult({ build, folder, capacity }: Boot): Promise<Uint8Array> {
  const { storage } = build.board.memory;
  const result = new Uint8Array(capacity);
  const file = await open(imagePath(folder), 'r');
  try {
    await file.read(result, 0, capacity, (storage?.bytes ?? 0) / 2);
  } finally {
    await file.close();
  }
  return result;
}

const imagePath = (folder: string): string => join(folder, 'storage.img');

/** The board's storage as a file that both sides see (FIRMWARE 4): the job in its first half, the result in its second. */
async function makeStorage(path: string, { bytes }: Region, job: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.write(job, 0, job.length, 0);
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

async function runQemu(
  { shop, timeoutMs }: Boot,
  machine: string,
  args: readonly string[],
): Promise<Result<void, RunFault>> {
  const quiet = ['-display', 'none', '-monitor', 'none', '-serial', 'none', '-parallel', 'none'];
  const run = await shop.exec.run(
    shop.tools.qemu,
    ['-M', machine, ...quiet, '-semihosting-config', 'enable=on,target=native', ...args],
    { timeoutMs },
  );
  /* 0 and 1 are the program's own ends (semihosting); what happened stands in the result. */
  if (run.kind === 'ended' && (run.code === 0 || run.code === 1)) return ok(undefined);
  const said = run.kind === 'missing' ? `${shop.tools.qemu} is not installed` : run.stderr.slice(0, 2000);
  return err({ code: 'run.failed', message: `the emulated board ended badly (${run.kind}): ${said}` });
}
