import { counted, kilobytes } from '../../format/numbers';
import styles from './budget-bars.module.css';
import { budgetDrawing, type Usage } from './budget-scale';

interface BudgetBarsProps {
  readonly budgetBytes: number;
  readonly usages: readonly Usage[];
}

/** Thin bars, one under another, against the line where the budget ends. Figures stand beside it, in text. */
export function BudgetBars({ budgetBytes, usages }: BudgetBarsProps) {
  const { bars, limit } = budgetDrawing(budgetBytes, usages);
  return (
    <div
      className={styles.bars}
      role="img"
      aria-label={inWords(budgetBytes, usages)}
      title={inWords(budgetBytes, usages)}
    >
      {bars.map(({ name, width, isOver }) => (
        <div
          key={name}
          className={`${styles['bar']} ${isOver ? styles['over'] : styles[name]}`}
          style={{ width: `${width}%` }}
        />
      ))}
      <div className={styles.limit} style={{ insetInlineStart: `${limit}%` }} />
    </div>
  );
}

function inWords(budgetBytes: number, usages: readonly Usage[]): string {
  const known = usages.flatMap(({ name, bytes }) =>
    bytes === null ? [] : [`${name} ${kilobytes(bytes)} KB`],
  );
  return `${known.join(', ') || counted(0, 'figure')} of ${kilobytes(budgetBytes)} KB`;
}
