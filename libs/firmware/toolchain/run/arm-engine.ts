import { ok, type Result } from '#libs/base/result';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { type Boot, bootBoard } from './arm-board';
import { type Engine, engineOver, type Outcome } from './engine';
import { inFolder } from './in-folder';
import { instructionCounter } from './instruction-counter';
import type { RunFault } from './result';

/** An emulated core does about a tenth of this machine's work; a stuck program must still end. */
const TIMEOUT_MS = 900_000;
/** What an inference is. */
const COUNTED = 'fl_model_forward';

export interface ArmOptions {
  /** Arguments for QEMU. */
  readonly qemuArguments?: readonly string[];
  /**
   * Count the instructions of an inference. Default: for the program `inference`, where nothing is traced. Where there is no
   * compiler for the counter, or the emulator does not take it, the program runs uncounted.
   */
  readonly counts?: boolean;
}

const outcome = (result: Result<Uint8Array, RunFault>): Result<Outcome, RunFault> =>
  result.ok ? ok({ result: result.value }) : result;

/** An emulator of another version, or one built without plugins: it runs the program, but cannot count. */
const refusesPlugins = ({ code, message }: RunFault): boolean =>
  code === 'run.failed' && /plugin/i.test(message);

/** Boots, and counts the instructions of the first call of a function, where that can be done. */
export async function bootCounted(boot: Boot, counted: string): Promise<Result<Outcome, RunFault>> {
  const counter = await instructionCounter(boot.shop, boot.build, boot.folder, counted);
  if (counter.ok) {
    const result = await bootBoard({ ...boot, args: [...boot.args, ...counter.value.args] });
    const instructions = await counter.value.read();
    if (result.ok && instructions !== undefined) return ok({ result: result.value, instructions });
    if (result.ok || !refusesPlugins(result.error)) return outcome(result);
  }
  return outcome(await bootBoard(boot));
}

/** The harness on the emulated board, its SRAM budget enforced by the memory protection unit; one boot a job. */
export function armEngine(shop: Workshop, build: Build, options: ArmOptions = {}): Engine {
  const counts = options.counts ?? (build.program === 'inference' && !build.trace);
  const args = options.qemuArguments ?? [];
  return engineOver(build, (job, capacity) =>
    inFolder(async (folder) => {
      const boot: Boot = { shop, build, folder, job, capacity, args, timeoutMs: TIMEOUT_MS };
      return counts ? bootCounted(boot, COUNTED) : outcome(await bootBoard(boot));
    }),
  );
}
