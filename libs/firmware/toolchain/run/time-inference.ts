import type { Engine } from './engine';

/** Long enough that starting the program, taken off, doesn't matter. */
const LONG_ENOUGH_MS = 60;
const MOST_INPUT_BYTES = 32 << 20;
const FIRST_EXTRA = 4;

/**
 * Wall time of one inference in nanoseconds: how much longer a job with more inputs takes than one with one. undefined
 * where the model is too small to tell, or where a job fails.
 * @param input all inputs of one inference
 */
export async function timeInference(engine: Engine, input: Uint8Array): Promise<number | undefined> {
  const most = Math.max(1, Math.floor(MOST_INPUT_BYTES / Math.max(1, input.length)));
  const once = await bestTime(engine, input, 1);
  for (let extra = Math.min(most, FIRST_EXTRA); ; extra = Math.min(most, extra * FIRST_EXTRA)) {
    const many = await bestTime(engine, input, 1 + extra);
    if (once === undefined || many === undefined) return undefined;
    if (many - once < LONG_ENOUGH_MS && extra < most) continue;
    return many > once ? Math.round(((many - once) / extra) * 1e6) : undefined;
  }
}

/** The better of two tries, in milliseconds: what else the machine does only adds. */
async function bestTime(engine: Engine, input: Uint8Array, count: number): Promise<number | undefined> {
  const first = await timeOnce(engine, input, count);
  const second = await timeOnce(engine, input, count);
  return first === undefined || second === undefined ? undefined : Math.min(first, second);
}

async function timeOnce(engine: Engine, input: Uint8Array, count: number): Promise<number | undefined> {
  const inputs = Array.from({ length: count }, () => input);
  const start = performance.now();
  const result = await engine.forward({ inputs });
  return result.ok ? performance.now() - start : undefined;
}
