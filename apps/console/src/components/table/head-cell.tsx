import type { Column } from './column';
import { columnClass } from './column-class';
import styles from './data-table.module.css';
import type { Sorting } from './sort-rows';

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: () => void;
}

export function HeadCell<Row>({ column, sorting, onSort }: HeadCellProps<Row>) {
  const { title, help, sortBy } = column;
  const direction = sorting?.by === title ? sorting.direction : undefined;
  return (
    <th
      scope="col"
      className={columnClass(column)}
      title={help}
      aria-sort={sortBy ? (direction ?? 'none') : undefined}
    >
      {sortBy ? (
        <button type="button" className={styles.sort} onClick={onSort}>
          {title}
          <span className={styles.arrow} aria-hidden="true">
            {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : '↕'}
          </span>
        </button>
      ) : (
        title
      )}
    </th>
  );
}
