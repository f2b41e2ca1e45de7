import { useState } from 'react';

import { pagesOf } from '../pager/paging';
import { Pager } from '../pager/pager';
import type { Column, TableDeclaration } from './column';
import { columnClass } from './column-class';
import styles from './data-table.module.css';
import { HeadCell } from './head-cell';
import { nextSorting, type Sorting, sortRows } from './sort-rows';

interface DataTableProps<Row> extends TableDeclaration<Row> {
  readonly rows: readonly Row[];
}

const ROWS_PER_PAGE = 100;

/** Rows as a table declares them, sorted by a click on a title, a page at a time. Knows nothing of queries. */
export function DataTable<Row>({ label, columns, rowKey, isCurrent, rows }: DataTableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting>();
  const [wanted, setPage] = useState(1);
  const pages = pagesOf(rows.length, ROWS_PER_PAGE);
  const page = Math.min(wanted, pages);
  const shown = sorted(rows, columns, sorting).slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE);
  return (
    <>
      <div className={styles.scroll}>
        <table className={styles.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeadCell
                  key={column.title}
                  column={column}
                  sorting={sorting}
                  onSort={() => setSorting(nextSorting(sorting, column.title))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={rowKey(row)} aria-current={isCurrent?.(row) ? 'true' : undefined}>
                {columns.map((column) => (
                  <td key={column.title} className={columnClass(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <Footer columns={columns} rows={rows} />
        </table>
      </div>
      <Pager page={page} pages={pages} onPage={setPage} />
    </>
  );
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const sortBy = columns.find(({ title }) => title === sorting?.by)?.sortBy;
  return sorting && sortBy ? sortRows(rows, sortBy, sorting.direction) : rows;
}

interface FooterProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

function Footer<Row>({ columns, rows }: FooterProps<Row>) {
  if (rows.length < 2 || columns.every(({ footer }) => !footer)) return null;
  return (
    <tfoot>
      <tr>
        {columns.map((column) => (
          <td key={column.title} className={columnClass(column)}>
            {column.footer?.(rows)}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}
