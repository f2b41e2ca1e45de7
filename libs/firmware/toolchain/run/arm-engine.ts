import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, invariant, ok, type Result } from '#libs/base/result';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { type Engine, engineOver, type Outcome } from './engine';
import { inFolder } from './in-folder';
import { instructionCounter } from './instruction-counter';
import type { RunFault } from './result';

/** An emulated core does about a tenth of this machine's work; a stuck program must still end. */
const TIMEOUT_MS = 900_000;

export interface ArmOptions {
  /** Arguments for QEMU. */
  readonly qemuArguments?: readonly string[];
  /**
   * Count the instructions of an inference. Default: for the program `inference`, where nothing is traced. Where there is no
   * compiler for the counter, or the emulator does not take it, the program runs uncounted.
   */
  readonly counts?: boolean;
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

const outcome = (result: Result<Uint8Array, RunFault>): Result<Outcome, RunFault> =>
  result.ok ? ok({ result: result.value }) : result;

/** An emulator of another version, or one built without plugins: it runs the program, but cannot count. */
const refusesPlugins = ({ code, message }: RunFault): boolean =>
  code === 'run.failed' && /plugin/i.test(message);

/** One boot of a board: its files in a folder, what it may take, and how it is told to count. */
class Boot {
  constructor(
    private readonly shop: Workshop,
    private readonly build: Build,
    private readonly folder: string,
  ) {}

  async run(
    job: Uint8Array,
    capacity: number,
    { qemuArguments = [], counts = false }: ArmOptions,
  ): Promise<Result<Outcome, RunFault>> {
    const counter = counts ? await instructionCounter(this.shop, this.build, this.folder) : undefined;
    if (counter?.ok) {
      const result = await this.boot(job, capacity, [...qemuArguments, ...counter.value.args]);
      const instructions = await counter.value.read();
      if (result.ok && instructions !== undefined) return ok({ result: result.value, instructions });
      if (result.ok || !refusesPlugins(result.error)) return outcome(result);
    }
    return outcome(await this.boot(job, capacity, qemuArguments));
  }

  private async boot(
    job: Uint8Array,
    capacity: number,
    more: readonly string[],
  ): Promise<Result<Uint8Array, RunFault>> {
    const { board, binary } = this.build;
    const { storage } = board.memory;
    if (!storage || !board.qemuMachine)
      return err({ code: 'run.failed', message: `${board.name} is not emulated: nothing was run` });
    const half = storage.bytes / 2;
    invariant(Math.max(job.length, capacity) <= half, `the job does not fit ${half} bytes of storage`);
    const [program, image] = [join(this.folder, 'program.elf'), join(this.folder, 'storage.img')];
    await Promise.all([writeFile(program, binary), makeStorage(image, storage.bytes, job)]);
    const backing = `memory-backend-file,id=storage,size=${storage.bytes},mem-path=${image},share=on`;
    const args = ['-object', backing, '-kernel', program, ...more];
    const ran = await runQemu(this.shop, `${board.qemuMachine},memory-backend=storage`, args);
    return ran.ok ? ok(await readSecondHalf(image, storage.bytes, capacity)) : ran;
  }
}

/** The harness on the emulated board, its SRAM budget enforced by the memory protection unit; one boot a job. */
export function armEngine(shop: Workshop, build: Build, options: ArmOptions = {}): Engine {
  const counts = options.counts ?? (build.program === 'inference' && !build.trace);
  return engineOver(build, (job, capacity) =>
    inFolder((folder) => new Boot(shop, build, folder).run(job, capacity, { ...options, counts })),
  );
}
