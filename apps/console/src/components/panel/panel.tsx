import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

import { ApiError } from '../../api/api-error';
import styles from './panel.module.css';
import { Empty, Failed, Loading, Stale } from './panel-messages';
import type { QueryView } from './query-view';

interface PanelProps<T> {
  readonly title: string;
  readonly query: QueryView<T>;
  readonly children: (data: T) => ReactNode;
  /** Shown instead of the content where `isEmpty` says so. */
  readonly empty?: ReactNode;
  readonly isEmpty?: (data: T) => boolean;
  /** At the right of the title: a figure, a link. */
  readonly aside?: ReactNode | ((data: T) => ReactNode);
  /** `flush`: the content, a table, reaches the panel's edges. */
  readonly layout?: 'padded' | 'flush';
}

/** A titled part of a screen that shows one query: loading, refused, empty, out of date, or its content. */
export function Panel<T>({ title, query, aside, layout = 'padded', ...content }: PanelProps<T>) {
  const titleId = useId();
  const { data, error } = query;
  const isShown = data !== undefined && !isEmptyOf(content, data);
  return (
    <section className={styles.panel} aria-labelledby={titleId}>
      <header className={styles.head}>
        <Title order={2} id={titleId}>
          {title}
        </Title>
        {data !== undefined && error && <Stale error={error} since={query.dataUpdatedAt} />}
        <div className={styles.aside}>
          {typeof aside !== 'function' ? aside : data !== undefined && aside(data)}
        </div>
      </header>
      <div className={isShown && layout === 'flush' ? styles.flush : styles.body}>
        <Content query={query} {...content} />
      </div>
    </section>
  );
}

type ContentProps<T> = Pick<PanelProps<T>, 'query' | 'children' | 'empty' | 'isEmpty'>;

function Content<T>({ query, children, empty, isEmpty }: ContentProps<T>) {
  const { data, error } = query;
  if (data === undefined) {
    if (!error) return <Loading />;
    if (isExplained(error)) return <Empty>{error.message}</Empty>;
    return <Failed error={error} retry={() => void query.refetch()} />;
  }
  if (isEmptyOf({ isEmpty }, data)) return <Empty>{empty}</Empty>;
  return <div className={query.isPlaceholderData ? styles.old : undefined}>{children(data)}</div>;
}

const isEmptyOf = <T,>(
  { isEmpty }: { readonly isEmpty?: ((data: T) => boolean) | undefined },
  data: T,
): boolean => isEmpty?.(data) ?? false;

/** There is nothing to show yet, and the server has said why (409). */
const isExplained = (error: Error): boolean => error instanceof ApiError && error.status === 409;
