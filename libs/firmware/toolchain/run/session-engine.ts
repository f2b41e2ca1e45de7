import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, err, invariant, ok, type Result } from '#libs/base/result';
import { sampleBytesOf } from '#libs/firmware/codegen';
import type { EpochRecord, Watch } from '#libs/model/session';
import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { type Boot, bootBoard, readStoredResult } from './arm-board';
import { bootCounted } from './arm-engine';
import { inFolder } from './in-folder';
import type { RunFault } from './result';
import { packSessionJob, type SessionJob } from './session-job';
import { readEpochs, readSessionResult, sessionCapacity, type SessionResult } from './session-result';
import { WasmMachine } from './wasm-memory';
import { compileWasm } from './webassembly';

/** The program `session`, built: it runs whole training sessions, and the same bytes come from every engine. */
export interface SessionEngine {
  /** @param watch told of every pass as it ends */
  run(job: SessionJob, watch?: Watch): Promise<Result<SessionResult, RunFault>>;
  /**
   * ARM: instructions of the first step of the first row, forward to update, from a boot of their own: counting slows the
   * emulator down. Undefined where they can't be counted.
   */
  instructionsPerStep(job: SessionJob): Promise<Result<number | undefined, RunFault>>;
}

/** Sessions take as long as they take; but a program that is stuck must end. */
const TIMEOUT_MS = 24 * 3_600_000;
const LOOK_EVERY_MS = 300;
/** Rows between two looks at what a module in this process has done. */
const ROWS_AT_ONCE = 64;
/** Forward, loss and backward. */
const STEP = 'fl_session_learn';

const UNWATCHED: Watch = () => undefined;

/** Tells each pass once, from results that grow. */
class Watcher {
  private told = 0;
  constructor(private readonly watch: Watch) {}

  tell(epochs: readonly EpochRecord[]): void {
    for (; this.told < epochs.length; this.told++) this.watch(at(epochs, this.told));
  }
}

/** Runs a packed job; `look` is called with the result as it is so far, now and then. */
type Outside = (
  job: Uint8Array,
  capacity: number,
  look: (soFar: Uint8Array) => void,
) => Promise<Result<Uint8Array, RunFault>>;

/** Waits for `work`, and looks at what it wrote meanwhile. */
async function watching<T>(work: Promise<T>, look: () => Promise<void>): Promise<T> {
  const looks = { over: false };
  const done = work.finally(() => {
    looks.over = true;
  });
  while (!looks.over) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref())]);
    if (!looks.over) await look();
  }
  return done;
}

const onBoard =
  (shop: Workshop, build: Build): Outside =>
  (job, capacity, look) =>
    inFolder((folder) => {
      const boot: Boot = { shop, build, folder, job, capacity, args: [], timeoutMs: TIMEOUT_MS };
      return watching(bootBoard(boot), async () => {
        const soFar = await readStoredResult(boot).catch(notYetThere);
        if (soFar) look(soFar);
      });
    });

/** The emulator's files are made while the first look may already happen. */
function notYetThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

const onThisMachine =
  (shop: Workshop, build: Build): Outside =>
  (job, capacity, look) =>
    inFolder(async (folder) => {
      const [program, jobFile, resultFile] = ['program', 'job', 'result'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      await Promise.all([
        writeFile(program, build.binary),
        writeFile(jobFile, job),
        makeRoom(resultFile, capacity),
      ]);
      await chmod(program, 0o755);
      const running = shop.exec.run(program, [jobFile, resultFile], { timeoutMs: TIMEOUT_MS });
      const run = await watching(running, async () => look(new Uint8Array(await readFile(resultFile))));
      if (run.kind === 'ended' && run.code === 0) return ok(new Uint8Array(await readFile(resultFile)));
      const said = run.kind === 'missing' ? 'it cannot be started' : run.stderr.slice(0, 2000);
      return err({ code: 'run.failed', message: `the native program ended badly (${run.kind}): ${said}` });
    });

async function makeRoom(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

const inThisProcess =
  (build: Build): Outside =>
  async (job, capacity, look) => {
    const machine = new WasmMachine(compileWasm(build.binary));
    const [jobAt, resultAt] = [machine.reserve(job.length), machine.reserve(capacity)];
    machine.put(jobAt, job);
    if (machine.call('fl_train_begin', jobAt, job.length, resultAt, capacity) !== 0)
      while (machine.call('fl_train_go_on', ROWS_AT_ONCE) !== 0) look(machine.view(resultAt, capacity));
    return Promise.resolve(ok(machine.copyOf(resultAt, capacity)));
  };

function outsideOf(shop: Workshop, build: Build): Outside {
  switch (build.target) {
    case 'arm':
      return onBoard(shop, build);
    case 'native':
      return onThisMachine(shop, build);
    case 'wasm':
      return inThisProcess(build);
  }
}

/** The engine that runs a built `session`, whatever it was built for. */
export function sessionEngine(shop: Workshop, build: Build): SessionEngine {
  const { facts } = build;
  invariant(build.program === 'session' && facts.training, `${facts.name} was not built as a session`);
  const outside = outsideOf(shop, build);
  return {
    async run(job, watch = UNWATCHED) {
      const watcher = new Watcher(watch);
      const packed = packSessionJob(job, sampleBytesOf(facts));
      const ran = await outside(packed, sessionCapacity(job, facts), (soFar) =>
        watcher.tell(readEpochs(soFar)),
      );
      const result = ran.ok ? readSessionResult(ran.value) : ran;
      if (result.ok) watcher.tell(result.value.epochs);
      return result;
    },
    async instructionsPerStep({ plan, rows }) {
      if (build.target !== 'arm') return ok(undefined);
      const job = {
        plan: { ...plan, passes: 1 },
        rows: { adapt: rows.adapt.slice(0, 1), test: rows.test.slice(0, 1) },
      };
      const packed = packSessionJob(job, sampleBytesOf(facts));
      const capacity = sessionCapacity(job, facts);
      const once = { shop, build, capacity, args: [], timeoutMs: TIMEOUT_MS };
      const ran = await inFolder((folder) => bootCounted({ ...once, folder, job: packed }, STEP));
      if (!ran.ok) return ran;
      const result = readSessionResult(ran.value.result);
      return result.ok ? ok(ran.value.instructions) : result;
    },
  };
}
