import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, invariant, ok, type Result } from '#libs/base/result';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { type Engine, engineOver } from './engine';
import { inFolder } from './in-folder';
import type { RunFault } from './result';

/** An emulated core does about a tenth of this machine's work; a stuck program must still end. */
const TIMEOUT_MS = 900_000;

export interface ArmOptions {
  /** Arguments for QEMU, for instance a plugin that counts instructions. */
  readonly qemuArguments?: readonly string[];
}

/** The board's storage as a file that both sides see (FIRMWARE 4): the job in its first half, the result in its second. */
async function makeStorage(path: string, bytes: number, job: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.write(job, 0, job.length, 0);
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

async function readSecondHalf(path: string, bytes: number, capacity: number): Promise<Uint8Array> {
  const result = new Uint8Array(capacity);
  const file = await open(path, 'r');
  try {
    await file.read(result, 0, capacity, bytes / 2);
  } finally {
    await file.close();
  }
  return result;
}

async function runQemu(
  shop: Workshop,
  machine: string,
  args: readonly string[],
): Promise<Result<void, RunFault>> {
  const quiet = ['-display', 'none', '-monitor', 'none', '-serial', 'none', '-parallel', 'none'];
  const run = await shop.exec.run(
    shop.tools.qemu,
    ['-M', machine, ...quiet, '-semihosting-config', 'enable=on,target=native', ...args],
    { timeoutMs: TIMEOUT_MS },
  );
  /* 0 and 1 are the program's own ends (semihosting); what happened stands in the result. */
  if (run.kind === 'ended' && (run.code === 0 || run.code === 1)) return ok(undefined);
  const said = run.kind === 'missing' ? `${shop.tools.qemu} is not installed` : run.stderr.slice(0, 2000);
  return err({ code: 'run.failed', message: `the emulated board ended badly (${run.kind}): ${said}` });
}

/** The harness on the emulated board, its SRAM budget enforced by the memory protection unit; one boot a job. */
export function armEngine(shop: Workshop, build: Build, options: ArmOptions = {}): Engine {
  const { storage } = build.board.memory;
  const machine = build.board.qemuMachine ?? 'mps2-an386';
  invariant(storage, `${build.board.name} has no storage to hold a job`);
  return engineOver(build.facts, (job, capacity) =>
    inFolder(async (folder) => {
      invariant(
        Math.max(job.length, capacity) <= storage.bytes / 2,
        `the job does not fit ${storage.bytes / 2} bytes of storage`,
      );
      const [program, image] = [join(folder, 'program.elf'), join(folder, 'storage.img')];
      await Promise.all([writeFile(program, build.binary), makeStorage(image, storage.bytes, job)]);
      const backing = `memory-backend-file,id=storage,size=${storage.bytes},mem-path=${image},share=on`;
      const args = ['-object', backing, '-kernel', program, ...(options.qemuArguments ?? [])];
      const ran = await runQemu(shop, `${machine},memory-backend=storage`, args);
      return ran.ok ? ok(await readSecondHalf(image, storage.bytes, capacity)) : ran;
    }),
  );
}
