/**
 * Runs tasks of one key one after another, tasks of different keys side by side. A key with too many waiting tasks gets
 * no more: its sender repeats what was not answered.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, { tail: Promise<void>; waiting: number }>();

  constructor(
    private readonly maxWaiting: number,
    private readonly onError: (key: string, error: unknown) => void,
  ) {}

  /** False where the key has too many tasks already; the task is then dropped. */
  run(key: string, task: () => Promise<void>): boolean {
    const entry = this.tails.get(key) ?? { tail: Promise.resolve(), waiting: 0 };
    if (entry.waiting >= this.maxWaiting) return false;
    entry.waiting++;
    entry.tail = entry.tail
      .then(task)
      .catch((error: unknown) => this.onError(key, error))
      .finally(() => {
        if (--entry.waiting === 0) this.tails.delete(key);
      });
    this.tails.set(key, entry);
    return true;
  }

  /** Settles when everything that waits now is done. */
  async drain(): Promise<void> {
    await Promise.all([...this.tails.values()].map(({ tail }) => tail));
  }
}
