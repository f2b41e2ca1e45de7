import { type Column, formatTable } from '#libs/base/table';
import { type Bar, type Format, verdict } from './bar';

/** One line of the table: what was measured, beside its anchor and its bar. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** The same elsewhere, or before. */
  readonly anchor: string;
  readonly bar: string;
  /** `met`, `missed by …`, or empty where nothing is asked. */
  readonly verdict: string;
}

/** What a figure is, before it is measured. */
export interface Question {
  readonly what: string;
  readonly anchor?: string;
  readonly bar: Bar;
  readonly format: Format;
}

export const held = ({ what, anchor = '-', bar, format }: Question, measured: number): Figure => ({
  what,
  measured: format(measured),
  anchor,
  bar: `${bar.side === 'at least' ? '>=' : '<='} ${format(bar.value)}`,
  verdict: verdict(bar, measured, format),
});

/** What stands beside a figure, and is held to nothing. */
export const noted = (what: string, measured: string, anchor = '-'): Figure => ({
  what,
  measured,
  anchor,
  bar: '-',
  verdict: '',
});

const COLUMNS: readonly Column[] = [
  { title: 'row', align: 'left' },
  { title: 'what', align: 'left' },
  { title: 'measured', align: 'right' },
  { title: 'anchor', align: 'right' },
  { title: 'bar', align: 'right' },
  { title: 'verdict', align: 'left' },
];

/** All figures of one row of the bench. */
export interface Figures {
  readonly row: string;
  readonly figures: readonly Figure[];
}

/** The name of a row stands at its first figure. */
export const figureTable = (rows: readonly Figures[]): string =>
  formatTable(
    COLUMNS,
    rows.flatMap(({ row, figures }) =>
      figures.map(({ what, measured, anchor, bar, verdict: judged }, i) => [
        i === 0 ? row : '',
        what,
        measured,
        anchor,
        bar,
        judged,
      ]),
    ),
  );
