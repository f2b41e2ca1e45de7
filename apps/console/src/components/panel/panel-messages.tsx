import { Button, Skeleton, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';

import { ApiError } from '../../api/api-error';
import { clockTime } from '../../format/time';
import { StateGlyph } from '../state/state-glyph';
import styles from './panel.module.css';

const LINE_WIDTHS = ['72%', '94%', '88%', '60%'];

export function Loading() {
  return (
    <div aria-busy="true">
      <VisuallyHidden>Loading</VisuallyHidden>
      {LINE_WIDTHS.map((width) => (
        <Skeleton
          key={width}
          height={12}
          width={width}
          my={9}
          radius="sm"
          className={styles.skeleton ?? ''}
        />
      ))}
    </div>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.message}>
      <StateGlyph tone="off" />
      <div className={styles.messageBody}>{children}</div>
    </div>
  );
}

interface FailedProps {
  readonly error: Error;
  readonly retry: () => void;
}

/** Nothing could be shown: what happened, and that it is tried again. */
export function Failed({ error, retry }: FailedProps) {
  return (
    <div className={styles.message} role="alert">
      <StateGlyph tone="bad" />
      <div className={styles.messageBody}>
        <p>{sentence(error)} It is asked again every few seconds.</p>
        <Button size="compact-xs" variant="default" onClick={retry}>
          Ask now
        </Button>
      </div>
    </div>
  );
}

/** What is shown is an old answer. */
export function Stale({ error, since }: { readonly error: Error; readonly since: number }) {
  return (
    <span className={styles.stale} title={sentence(error)} role="status">
      <StateGlyph tone="warn" />
      not up to date since {clockTime(new Date(since))}
    </span>
  );
}

function sentence(error: Error): string {
  const code = error instanceof ApiError && error.status > 0 ? ` (${error.code})` : '';
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}${code}.`;
}
