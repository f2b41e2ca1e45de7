import { clockTime, duration } from '../../format/time';
import { useNow } from '../time/use-now';

/** How long until what is still missing is given up. */
export function Deadline({ at }: { readonly at: string }) {
  const now = useNow();
  const date = new Date(at);
  const left = date.getTime() - now;
  return (
    <span>
      {left > 0 ? `closes in ${duration(left)}` : 'deadline passed, closing'}, at{' '}
      <time dateTime={at}>{clockTime(date)}</time>
    </span>
  );
}
