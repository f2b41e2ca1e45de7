import { Sparkline } from '../../charts/sparkline/sparkline';
import { bits, NOTHING } from '../../format/numbers';
import styles from './execution-cells.module.css';

/** Mean loss of the first and the last pass, and how it went between. */
export function PassLosses({ losses }: { readonly losses: readonly number[] }) {
  const [first, last] = [losses[0], losses.at(-1)];
  if (first === undefined || last === undefined) return NOTHING;
  return (
    <span className={styles.losses} title={losses.map(bits).join(' → ')}>
      {losses.length === 1 ? bits(first) : `${bits(first)} → ${bits(last)}`}
      <Sparkline values={losses} />
    </span>
  );
}
