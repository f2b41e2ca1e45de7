import type { Clock } from '#libs/base/clock';

/** The demo's story, a line a stage, each with the time since the start: `[  12.3 s] model registered`. */
export class Progress {
  private readonly startedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly print: (line: string) => void,
  ) {
    this.startedAt = clock.now();
  }

  line(text: string): void {
    const seconds = (this.clock.now() - this.startedAt) / 1000;
    this.print(`[${seconds.toFixed(1).padStart(6)} s] ${text}`);
  }
}
