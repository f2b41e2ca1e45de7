import type { Column } from './column';
import styles from './data-table.module.css';

export const columnClass = <Row>({ align, needs }: Column<Row>): string =>
  [align === 'right' && styles['right'], needs && styles[needs]].filter(Boolean).join(' ');
