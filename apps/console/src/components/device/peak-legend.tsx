import styles from './peak-legend.module.css';

const USAGES = [
  { name: 'planned', meaning: 'what the plan promises' },
  { name: 'built', meaning: 'what the linked program takes' },
  { name: 'measured', meaning: 'the most that the device saw' },
] as const;

/** What the three bars of a memory budget are, from the top. */
export function PeakLegend() {
  return (
    <span className={styles.legend}>
      Peak SRAM:
      {USAGES.map(({ name, meaning }) => (
        <span key={name} title={meaning}>
          <i className={styles[name]} aria-hidden="true" />
          {name}
        </span>
      ))}
    </span>
  );
}
