import type { CSSProperties, ReactNode } from 'react';

import styles from './columns.module.css';

interface ColumnsProps {
  /** Twelfths of the width that the first one takes. */
  readonly first: 4 | 5 | 6 | 7;
  readonly children: readonly [ReactNode, ReactNode];
}

/** Two panels side by side; one above the other in a narrow window. */
export function Columns({ first, children }: ColumnsProps) {
  return (
    <div className={styles.columns} style={{ '--first': first } as CSSProperties}>
      {children}
    </div>
  );
}
