import { eventually } from '#test/support/eventually';

/** Waits for something that happens by itself; says what it waited for when it does not. */
export async function waitUntil(what: string, isSo: () => boolean, timeoutMs?: number): Promise<void> {
  await eventually(what, async () => isSo(), timeoutMs);
}
