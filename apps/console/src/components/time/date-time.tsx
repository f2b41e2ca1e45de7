import { dateTime } from '../../format/time';

/** `2026-01-31 14:03:22`. */
export function DateTime({ at }: { readonly at: string }) {
  return <time dateTime={at}>{dateTime(new Date(at))}</time>;
}
