import { Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

import { hasMoved } from '../../router/location';
import { Link } from '../../router/link';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: string;
  /** The list that this screen belongs to. */
  readonly parent?: { readonly title: string; readonly to: string };
  /** State and key facts beside the title. */
  readonly children?: ReactNode;
}

/** Title of a screen, in the page and in the tab. */
export function PageHead({ title, parent, children }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Fleetlearn`;
  }, [title]);
  // After a change of screen, readers and the Tab key begin here rather than at a link that is gone.
  useEffect(() => {
    if (hasMoved() && document.activeElement === document.body)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className={styles.head}>
      {parent && (
        <nav className={styles.trail} aria-label="Breadcrumb">
          <Link to={parent.to}>{parent.title}</Link> /
        </nav>
      )}
      <Title order={1} ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
        {title}
      </Title>
      <div className={styles.about}>{children}</div>
    </header>
  );
}
