/**
 * Plain-text tables for a terminal.
 *
 * Owns: column widths and alignment.
 * Invariant: every line of a table is equally wide, but for spaces at the end, which are cut.
 *
 * @example
 * formatTable([{ title: 'board', align: 'left' }, { title: 'KB', align: 'right' }], [['virtual-m4', '64']]);
 */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export type Row = readonly string[];

const GAP = '  ';

/** Title line, rule, one line a row. `footer` rows come last, under another rule. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly Row[],
  footer: readonly Row[] = [],
): string {
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, i) =>
    Math.max(...[titles, ...rows, ...footer].map((row) => cell(row, i).length)),
  );
  const line = (row: Row): string =>
    columns
      .map(({ align }, i) =>
        align === 'left' ? cell(row, i).padEnd(widths[i] ?? 0) : cell(row, i).padStart(widths[i] ?? 0),
      )
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  const tail = footer.length > 0 ? [rule, ...footer.map(line)] : [];
  return [line(titles), rule, ...rows.map(line), ...tail].join('\n');
}

const cell = (row: Row, index: number): string => row[index] ?? '';

/** A fraction 0..1 as a percentage with one decimal: `97.3`. */
export const percent = (fraction: number): string => (100 * fraction).toFixed(1);

/** Bytes as KB (1,024 bytes) with one decimal: `63.5`. */
export const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

/** Digits in groups of three: `36,016`. */
export const grouped = (value: number): string => value.toLocaleString('en-GB');
