import { Sparkline } from '../../charts/sparkline/sparkline';
import type { LossWords } from '../../format/measure';
import { NOTHING } from '../../format/numbers';
import styles from './execution-cells.module.css';

interface PassLossesProps {
  readonly losses: readonly number[];
  readonly words: LossWords;
}

/** Mean loss of the first and the last pass, and how it went between. */
export function PassLosses({ losses, words: { format } }: PassLossesProps) {
  const [first, last] = [losses[0], losses.at(-1)];
  if (first === undefined || last === undefined) return NOTHING;
  return (
    <span className={styles.losses} title={losses.map(format).join(' → ')}>
      {losses.length === 1 ? format(first) : `${format(first)} → ${format(last)}`}
      <Sparkline values={losses} />
    </span>
  );
}
