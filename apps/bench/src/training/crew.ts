import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { invariant } from '#libs/base/result';
import type { SessionRecord } from '#libs/model/session';
import type { Evaluation, SpeechAnswer, SpeechTask } from './worker';

type TaskOf<K extends SpeechTask['kind']> = Omit<Extract<SpeechTask, { kind: K }>, 'kind'>;

/** Threads with one compiled model, each of which does one task at a time. */
export class Crew {
  private readonly all: readonly Worker[];
  private readonly idle: Worker[];
  private readonly waiting: ((worker: Worker) => void)[] = [];

  /** @param program a harness as WebAssembly */
  constructor(program: Uint8Array) {
    this.all = Array.from(
      { length: availableParallelism() },
      () => new Worker(join(__dirname, 'worker.js'), { workerData: program }),
    );
    this.idle = [...this.all];
  }

  async session(task: TaskOf<'session'>): Promise<SessionRecord> {
    const answer = await this.answer({ kind: 'session', ...task });
    invariant(answer.kind === 'session', 'a session is answered by a record');
    return answer.record;
  }

  async evaluation(task: TaskOf<'evaluation'>): Promise<Evaluation> {
    const answer = await this.answer({ kind: 'evaluation', ...task });
    invariant(answer.kind === 'evaluation', 'an evaluation is answered by a count');
    return answer.evaluation;
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.terminate()));
  }

  private async answer(task: SpeechTask): Promise<SpeechAnswer> {
    const worker = this.idle.pop() ?? (await new Promise<Worker>((resolve) => this.waiting.push(resolve)));
    worker.postMessage(task);
    try {
      const [answer] = (await once(worker, 'message')) as [SpeechAnswer];
      return answer;
    } finally {
      const next = this.waiting.shift();
      if (next) next(worker);
      else this.idle.push(worker);
    }
  }
}

/** Work with a crew that goes home whatever happens. */
export async function withCrew<T>(program: Uint8Array, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = new Crew(program);
  try {
    return await work(crew);
  } finally {
    await crew.dismiss();
  }
}
