/** HTTP dates are whole seconds, and an answer takes its time. */
const TOLERANCE_MS = 2_000;

let offsetMs = 0;

/** The server's clock less this computer's, from the `Date` header of an answer. */
export function clockOffset(dateHeader: string | null, now: number): number {
  const serverTime = Date.parse(dateHeader ?? '');
  if (Number.isNaN(serverTime)) return 0;
  const offset = serverTime + 500 - now;
  return Math.abs(offset) <= TOLERANCE_MS ? 0 : offset;
}

export function noteServerDate(dateHeader: string | null): void {
  offsetMs = clockOffset(dateHeader, Date.now());
}

/** Now, as the server tells the time: deadlines and "last seen" are the server's. */
export const serverNow = (): number => Date.now() + offsetMs;
