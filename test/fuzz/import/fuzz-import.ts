import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { allFiles } from './corpus';
import type { WorkerReport, WorkerTask } from './worker';

export interface FuzzSettings {
  readonly runs: number;
  /** Run i draws from seed + i, so one run can be repeated alone. */
  readonly seed: number;
}

/** What one import may take (with passes, writing and reading again): a hundred times what the largest seed takes. */
const SLOWEST_MILLISECONDS = 1000;
/** No report for that long: a thread hangs. */
const SILENCE_MILLISECONDS = 120_000;
const HEAP_MEGABYTES = 256;
/** All threads together, typed arrays included. */
const RESIDENT_MEGABYTES = 1024;
const KILOBYTES_A_MEGABYTE = 1024;

/** Fuzzes on all processors and prints what came out; gives whether everything held. */
export async function fuzzImport(
  settings: FuzzSettings,
  repository: string,
  print: (text: string) => void,
): Promise<boolean> {
  const files = allFiles(repository);
  const share = Math.ceil(settings.runs / availableParallelism());
  const total = new Total();
  const tasks: WorkerTask[] = [];
  for (let done = 0; done < settings.runs; done += share)
    tasks.push({ files, first: settings.seed + done, runs: Math.min(share, settings.runs - done) });
  await Promise.all(tasks.map((task) => runLane(task, total)));
  const memory = process.resourceUsage().maxRSS / KILOBYTES_A_MEGABYTE;
  if (memory > RESIDENT_MEGABYTES)
    total.failures.push(`${Math.round(memory)} MB of memory, the bound is ${RESIDENT_MEGABYTES}`);
  print(total.text(settings, files.length, memory));
  return total.failures.length === 0;
}

/** One thread to its end; what goes wrong with it is a failure of the fuzzing, not of this program. */
function runLane(task: WorkerTask, total: Total): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(join(__dirname, 'worker.js'), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    let done = 0;
    const where = (): string => `in runs of seeds ${task.first + done} and following`;
    const hung = (): void => {
      total.failures.push(`no answer for ${SILENCE_MILLISECONDS / 1000} s ${where()}`);
      void worker.terminate();
    };
    let silence = setTimeout(hung, SILENCE_MILLISECONDS);
    worker.on('message', (report: WorkerReport) => {
      clearTimeout(silence);
      silence = setTimeout(hung, SILENCE_MILLISECONDS);
      done += report.runs;
      total.add(report);
    });
    worker.on('error', (error: Error) => total.failures.push(`${error.message} ${where()}`));
    worker.on('exit', () => {
      clearTimeout(silence);
      resolve();
    });
  });
}

class Total {
  readonly failures: string[] = [];
  private runs = 0;
  private accepted = 0;
  private readonly codes = new Map<string, number>();
  private slowest = { seed: 0, milliseconds: 0 };

  add(report: WorkerReport): void {
    this.runs += report.runs;
    this.accepted += report.accepted;
    for (const [code, count] of Object.entries(report.codes))
      this.codes.set(code, (this.codes.get(code) ?? 0) + count);
    const { slowest, failure } = report;
    if (slowest.milliseconds > this.slowest.milliseconds) this.slowest = slowest;
    if (slowest.milliseconds > SLOWEST_MILLISECONDS)
      this.failures.push(`seed ${slowest.seed} took ${Math.round(slowest.milliseconds)} ms`);
    if (failure) this.failures.push(`seed ${failure.seed}: ${failure.message}`);
  }

  text({ runs, seed }: FuzzSettings, files: number, memory: number): string {
    const codes = [...this.codes].toSorted(([, a], [, b]) => b - a);
    return [
      `${this.runs} of ${runs} mutations of ${files} files, seeds ${seed} to ${seed + runs - 1}`,
      `${this.accepted} accepted; refused with ${codes.length} distinct codes:`,
      ...codes.map(([code, count]) => `  ${code.padEnd(30)} ${count}`),
      `slowest import ${this.slowest.milliseconds.toFixed(1)} ms (seed ${this.slowest.seed}), peak memory ${Math.round(memory)} MB`,
      ...this.failures.map((failure) => `FAILED: ${failure} (repeat it with --runs 1 --seed SEED)`),
    ].join('\n');
  }
}
