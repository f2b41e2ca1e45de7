import type { ReactNode } from 'react';

/** A column of a table, as data. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  readonly align?: 'right';
  /** Gone from tables that are too narrow for everything. */
  readonly needs?: 'medium' | 'wide';
  /** What the title means. */
  readonly help?: string;
  /** The table can be sorted by it; what is undefined comes last. Only where all rows are there. */
  readonly sortBy?: (row: Row) => number | string | undefined;
  /** The cell of a last row about all rows. */
  readonly footer?: (rows: readonly Row[]) => ReactNode;
}

export interface TableDeclaration<Row> {
  /** What the rows are, for those who cannot see the title above. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly isCurrent?: (row: Row) => boolean;
}
