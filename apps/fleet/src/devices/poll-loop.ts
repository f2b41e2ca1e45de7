/** A thing with a main loop of its own that must be given time. */
export interface Polled {
  /** One slice. True: it has more to do at once. */
  poll(): boolean;
}

/** For timers of devices that sleep. */
const TICK_MS = 100;
/** One device's turn, and all turns before sockets and timers are served. */
const TURN_MS = 2;
const ROUND_MS = 8;

/**
 * Gives many devices the time of one thread, fairly: those that have something to do take turns of some milliseconds;
 * sockets are served in between; those that sleep are polled at every tick, as a microcontroller's timer would do.
 */
export class PollLoop {
  private readonly all = new Set<Polled>();
  private readonly busy = new Set<Polled>();
  private timer: NodeJS.Timeout | undefined;
  private isScheduled = false;

  constructor(private readonly nowMs: () => number) {}

  add(device: Polled): void {
    this.all.add(device);
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
    this.wake(device);
  }

  remove(device: Polled): void {
    this.all.delete(device);
    this.busy.delete(device);
    if (this.all.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** It may have something to do: bytes came, or its link changed. */
  wake(device: Polled): void {
    if (!this.all.has(device)) return;
    this.busy.add(device);
    this.schedule();
  }

  private tick(): void {
    for (const device of this.all) this.busy.add(device);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.round());
  }

  private round(): void {
    this.isScheduled = false;
    const end = this.nowMs() + ROUND_MS;
    for (const device of this.busy) {
      this.busy.delete(device); // behind all others, if it has more to do
      if (this.turn(device)) this.busy.add(device);
      if (this.nowMs() >= end) break;
    }
    if (this.busy.size > 0) this.schedule();
  }

  private turn(device: Polled): boolean {
    const end = this.nowMs() + TURN_MS;
    let hasMore = true;
    while (hasMore && this.all.has(device) && this.nowMs() < end) hasMore = device.poll();
    return hasMore && this.all.has(device);
  }
}
