import { setTimeout as sleep } from 'node:timers/promises';

import { KeyedQueue } from './keyed-queue';

describe('KeyedQueue', () => {
  const noError = (): never => {
    throw new Error('no task fails here');
  };

  it('keeps the order of a key and lets others pass', async () => {
    const queue = new KeyedQueue(8, noError);
    const seen: string[] = [];
    const task = (name: string, ms: number) => async (): Promise<void> => {
      await sleep(ms);
      seen.push(name);
    };
    queue.run('a', task('a1', 20));
    queue.run('a', task('a2', 0));
    queue.run('b', task('b1', 0));
    await queue.drain();
    expect(seen).toEqual(['b1', 'a1', 'a2']);
  });

  it('drops what a key has too much of, and takes more once it is done', async () => {
    const queue = new KeyedQueue(1, noError);
    expect(queue.run('a', () => sleep(5))).toBe(true);
    expect(queue.run('a', () => sleep(0))).toBe(false);
    await queue.drain();
    expect(queue.run('a', () => sleep(0))).toBe(true);
    await queue.drain();
  });

  it('tells of a failed task and goes on', async () => {
    const failures: string[] = [];
    const queue = new KeyedQueue(8, (key, error) => failures.push(`${key}: ${String(error)}`));
    const seen: string[] = [];
    queue.run('a', () => Promise.reject(new Error('broken')));
    queue.run('a', async () => void seen.push('next'));
    await queue.drain();
    expect([failures, seen]).toEqual([['a: Error: broken'], ['next']]);
  });
});
