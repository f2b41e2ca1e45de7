export interface Sorting {
  /** Title of the column. */
  readonly by: string;
  readonly direction: 'ascending' | 'descending';
}

type Value = number | string | undefined;

/** A sorted copy; equal rows keep their order, and what has no value comes last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
  direction: Sorting['direction'],
): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return sign * compare(left, right);
  });
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string')
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  return a - b;
}

/** The next step on a click: up, down, as it came. */
export function nextSorting(current: Sorting | undefined, by: string): Sorting | undefined {
  if (current?.by !== by) return { by, direction: 'ascending' };
  return current.direction === 'ascending' ? { by, direction: 'descending' } : undefined;
}
