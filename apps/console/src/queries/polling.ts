import { keepPreviousData, QueryClient, type UseQueryOptions } from '@tanstack/react-query';

import { getJson } from '../api/get-json';

/** How often a screen asks again while it is visible. */
export const POLL = {
  /** What moves while one watches: a campaign under way. */
  live: 1_000,
  /** Lists of devices and events. */
  steady: 2_000,
  /** What changes by a person's hand, or once a round. */
  calm: 5_000,
} as const;

/**
 * Polling goes on through faults, so nothing is retried within a poll. `always`: the server is often on this machine, where
 * a browser that calls itself offline can reach it all the same.
 */
export const createQueryClient = (): QueryClient =>
  new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always', staleTime: 500 } } });

interface Polled<T> extends UseQueryOptions<T> {
  readonly queryKey: readonly [path: string];
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<T>;
}

/** A GET that is asked again every `everyMs` while the page is visible; the last answer stays until the next. */
export const polled = <T>(path: string, everyMs: number): Polled<T> => ({
  queryKey: [path],
  queryFn: ({ signal }) => getJson<T>(path, signal),
  refetchInterval: everyMs,
  refetchIntervalInBackground: false,
  placeholderData: keepPreviousData,
});
