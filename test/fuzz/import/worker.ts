/** A thread of the import fuzzer: tries one mutated file after the other, and tells how it went. */
import { parentPort, workerData } from 'node:worker_threads';
import { Rng } from '#libs/base/rng';
import { mutated } from './mutate';
import { tryImport } from './try-import';

export interface WorkerTask {
  readonly files: readonly Uint8Array[];
  /** Seed of the first run; each further run has the next. */
  readonly first: number;
  readonly runs: number;
}

export interface WorkerReport {
  readonly runs: number;
  readonly accepted: number;
  /** How many files were refused with a code among the reasons. */
  readonly codes: Readonly<Record<string, number>>;
  readonly slowest: { readonly seed: number; readonly milliseconds: number };
  /** The run that threw, if one did: the last of the report. */
  readonly failure?: { readonly seed: number; readonly message: string };
}

const REPORTED_RUNS = 1000;
const MICROSECONDS = 1000;

/** CPU time of this thread: a busy machine makes no import slow. */
function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / MICROSECONDS;
}

class Tally {
  private runs = 0;
  private accepted = 0;
  private readonly codes: Record<string, number> = {};
  private slowest = { seed: 0, milliseconds: 0 };
  private failure: WorkerReport['failure'];

  try(files: readonly Uint8Array[], seed: number): boolean {
    const bytes = mutated(files, new Rng(seed));
    const started = cpuMilliseconds();
    const codes = this.codesOf(bytes, seed);
    const milliseconds = cpuMilliseconds() - started;
    this.runs += 1;
    if (milliseconds > this.slowest.milliseconds) this.slowest = { seed, milliseconds };
    if (codes.length === 0) this.accepted += 1;
    for (const code of new Set(codes)) this.codes[code] = (this.codes[code] ?? 0) + 1;
    return this.failure === undefined;
  }

  private codesOf(bytes: Uint8Array, seed: number): readonly string[] {
    try {
      return tryImport(bytes);
    } catch (error) {
      this.failure = {
        seed,
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
      return ['threw'];
    }
  }

  report(): WorkerReport {
    const { runs, accepted, codes, slowest, failure } = this;
    return { runs, accepted, codes, slowest, ...(failure && { failure }) };
  }
}

const { files, first, runs } = workerData as WorkerTask;
for (let done = 0; done < runs;) {
  const tally = new Tally();
  const end = Math.min(runs, done + REPORTED_RUNS);
  let goesOn = true;
  while (goesOn && done < end) goesOn = tally.try(files, first + done++);
  parentPort?.postMessage(tally.report());
  if (!goesOn) break;
}
