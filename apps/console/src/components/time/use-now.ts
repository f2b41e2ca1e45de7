import { useSyncExternalStore } from 'react';

import { serverNow } from '../../api/server-clock';

const TICK_MS = 1_000;

const listeners = new Set<() => void>();
let timer: number | undefined;
let now = serverNow();

/** One timer for every clock on the screen, so that all of them move together. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = serverNow();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** The server's time in ms since 1970, renewed every second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
