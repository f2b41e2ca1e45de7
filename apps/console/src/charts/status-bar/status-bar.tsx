import { StateGlyph } from '../../components/state/state-glyph';
import type { Segment } from './segments';
import styles from './status-bar.module.css';

interface StatusBarProps {
  readonly segments: readonly Segment[];
  /** A count worth reaching, such as the quorum: a line across the bar. */
  readonly goal?: { readonly name: string; readonly count: number };
}

/** How many are in which state: a bar for the eye, and the same in words and numbers. */
export function StatusBar({ segments, goal }: StatusBarProps) {
  const total = segments.reduce((sum, { count }) => sum + count, 0);
  const goalAt = goal && total > 0 ? Math.min(100, (100 * goal.count) / total) : undefined;
  return (
    <div>
      <div className={styles.bar} aria-hidden="true">
        {segments.map(({ word, tone, count }) => (
          <div
            key={word}
            className={`${styles['segment']} ${styles[tone]}`}
            style={{ flexGrow: count, flexBasis: 0 }}
          />
        ))}
        {goal && goalAt !== undefined && (
          <div className={styles.goal} style={{ insetInlineStart: `calc(${goalAt}% - 1px)` }} />
        )}
      </div>
      <ul className={styles.legend}>
        {segments.map(({ word, meaning, tone, count }) => (
          <li key={word} title={meaning}>
            <StateGlyph tone={tone} />
            <span>
              <b>{count}</b> {word}
            </span>
          </li>
        ))}
        {goal && (
          <li>
            <i className={styles.goalMark} aria-hidden="true" />
            <span>
              <b>{goal.count}</b> {goal.name}
            </span>
          </li>
        )}
      </ul>
    </div>
  );
}
