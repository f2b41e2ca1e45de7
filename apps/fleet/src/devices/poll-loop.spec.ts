import { setTimeout as sleep } from 'node:timers/promises';
import { type Polled, PollLoop } from './poll-loop';

/** Busy for as long as it likes; counts its slices. */
class Worker implements Polled {
  slices = 0;
  isBusy = true;
  poll(): boolean {
    this.slices++;
    return this.isBusy;
  }
}

describe('the poll loop', () => {
  const loop = new PollLoop(() => performance.now());
  let workers = [new Worker(), new Worker(), new Worker()] as const;
  beforeEach(() => {
    workers = [new Worker(), new Worker(), new Worker()];
  });
  afterEach(() => {
    for (const worker of workers) loop.remove(worker);
  });

  it('gives busy devices like shares, and lets timers and sockets run', async () => {
    for (const worker of workers) loop.add(worker);
    await sleep(300);
    const slices = workers.map((worker) => worker.slices);
    expect(Math.min(...slices)).toBeGreaterThan(Math.max(...slices) / 4);
  });

  it('leaves idle devices alone but for a tick, and wakes them when asked', async () => {
    const [idle] = workers;
    idle.isBusy = false;
    loop.add(idle);
    await sleep(450);
    expect(idle.slices).toBeLessThan(20);
    const before = idle.slices;
    loop.wake(idle);
    await sleep(20);
    expect(idle.slices).toBeGreaterThan(before);
  });

  it('does not poll what was removed', async () => {
    const [gone] = workers;
    loop.add(gone);
    loop.remove(gone);
    loop.wake(gone);
    const before = gone.slices;
    await sleep(150);
    expect(gone.slices).toBe(before);
  });
});
