/** Joins those who want the same thing: the work is done once, at the same time and later. Forgets the oldest. */
export class Memo<T> {
  private readonly kept = new Map<string, Promise<T>>();

  /** `isFinal`: whether a result is worth keeping; what fails is never kept. */
  constructor(
    private readonly size: number,
    private readonly isFinal: (result: T) => boolean,
  ) {}

  get(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key);
    if (known) return known;
    const result = work();
    this.kept.set(key, result);
    const forget = (): void => void this.kept.delete(key);
    result.then((value) => (this.isFinal(value) ? undefined : forget()), forget);
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.size && oldest !== undefined) this.kept.delete(oldest);
    return result;
  }
}
