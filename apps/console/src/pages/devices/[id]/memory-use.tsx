import { BudgetBars } from '../../../charts/budget/budget-bars';
import type { Usage } from '../../../charts/budget/budget-scale';
import { grouped, kilobytes, percent } from '../../../format/numbers';
import styles from './memory-use.module.css';

interface MemoryUseProps {
  readonly title: string;
  readonly budgetBytes: number;
  readonly usages: readonly Usage[];
}

/** One memory of a device: each figure with a bar against the budget. */
export function MemoryUse({ title, budgetBytes, usages }: MemoryUseProps) {
  return (
    <div className={styles.use}>
      <h3>
        {title} <span>of {kilobytes(budgetBytes)} KB</span>
      </h3>
      {usages.map((usage) => (
        <div key={usage.name} className={styles.line}>
          <span>{usage.name}</span>
          <BudgetBars budgetBytes={budgetBytes} usages={[usage]} />
          <Figure bytes={usage.bytes} budgetBytes={budgetBytes} />
        </div>
      ))}
    </div>
  );
}

function Figure({ bytes, budgetBytes }: { readonly bytes: number | null; readonly budgetBytes: number }) {
  if (bytes === null) return <span className={styles.figure}>not yet</span>;
  const share = bytes > budgetBytes ? 'over the budget' : `${percent(bytes / budgetBytes)} %`;
  return (
    <span className={styles.figure} title={`${grouped(bytes)} bytes`}>
      {kilobytes(bytes)} KB <i>{share}</i>
    </span>
  );
}
