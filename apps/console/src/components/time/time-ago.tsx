import { ago, dateTime } from '../../format/time';
import { useNow } from './use-now';

/** `12 s ago`, kept up to date; the full time is its title. */
export function TimeAgo({ at }: { readonly at: string }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={dateTime(date)}>
      {ago(now - date.getTime())}
    </time>
  );
}
