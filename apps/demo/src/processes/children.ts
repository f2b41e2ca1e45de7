import { join } from 'node:path';
import { Child, type ChildDescription } from './child';

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
    return Promise.race([work, this.firstDeath, aborted]);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const child of this.running.toReversed()) await child.stop();
  }
}
