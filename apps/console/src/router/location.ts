import { useMemo, useSyncExternalStore } from 'react';

const CHANGED = 'fleetlearn:address';

function subscribe(listener: () => void): () => void {
  for (const event of ['popstate', CHANGED]) window.addEventListener(event, listener);
  return () => {
    for (const event of ['popstate', CHANGED]) window.removeEventListener(event, listener);
  };
}

let moves = 0;
window.addEventListener('popstate', () => moves++);

/** False on the screen that the browser opened with. */
export const hasMoved = (): boolean => moves > 0;

const currentAddress = (): string => window.location.pathname + window.location.search;

/** The address bar, without its host. Screens keep what they show there, so that every view is a link. */
export function useAddress(): { readonly pathname: string; readonly search: URLSearchParams } {
  const address = useSyncExternalStore(subscribe, currentAddress);
  return useMemo(() => {
    const { pathname, searchParams } = new URL(address, 'http://console');
    return { pathname, search: searchParams };
  }, [address]);
}

/** Goes to another screen; `replace` changes the address without a step in the history. */
export function navigate(address: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', address);
  else window.history.pushState(null, '', address);
  moves++;
  window.dispatchEvent(new Event(CHANGED));
}
