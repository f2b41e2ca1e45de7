import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildDescription } from './child';

/** Longer than it takes to hear that a child has ended. */
const DEATH_NOTICE_MS = 500;

/** The processes of one demo: started one by one, stopped all together, the last one first. */
export class Children {
  private readonly running: Child[] = [];
  private fail: (reason: Error) => void = () => {};
  /** Rejects when the first of them dies by itself. */
  private readonly firstDeath: Promise<never>;
  private isStopping = false;

  constructor(private readonly logFolder: string) {
    this.firstDeath = new Promise((_, reject) => {
      this.fail = reject;
    });
    // Whoever awaits `whileAlive` hears of it; nobody may be awaiting when it happens.
    this.firstDeath.catch(() => {});
  }

  start(description: Omit<ChildDescription, 'logFile'>): void {
    const child = Child.start({ ...description, logFile: join(this.logFolder, `${description.name}.log`) });
    this.running.push(child);
    void child.death().catch((reason: unknown) => {
      if (!this.isStopping) this.fail(reason instanceof Error ? reason : new Error(String(reason)));
    });
  }

  /** The result of `work`, unless a child dies or `signal` fires before. */
  async whileAlive<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const explained = work.catch((reason: unknown) => this.explain(reason));
    return Promise.race([explained, this.firstDeath, aborted]);
  }

  /** A request that fails is often the first sign of a process that is gone, whose death says more. */
  private async explain(reason: unknown): Promise<never> {
    await Promise.race([this.firstDeath, sleep(DEATH_NOTICE_MS, undefined, { ref: false })]);
    throw reason;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const child of this.running.toReversed()) await child.stop();
  }
}
