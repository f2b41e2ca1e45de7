import type { ReactNode } from 'react';

import styles from './score-chart.module.css';
import { BeforeMark, FinalGlobalMark, PersonalisedMark } from './score-marks';

const SYMBOLS = {
  before: <BeforeMark x={50} />,
  personalised: <PersonalisedMark x={50} />,
  finalGlobal: <FinalGlobalMark x={50} />,
};

/** Each drawn symbol is cut out of its lane. */
const WINDOWS = { before: '0 0 14 26', personalised: '0 1 14 14', finalGlobal: '0 11.5 14 14' };

interface LegendProps {
  readonly of: keyof typeof SYMBOLS;
  readonly children: ReactNode;
}

/** A column title with the symbol that stands for it in the chart. */
export function Legend({ of, children }: LegendProps) {
  return (
    <span className={styles.legend}>
      <svg width="14" height={of === 'before' ? 16 : 14} viewBox={WINDOWS[of]} aria-hidden="true">
        {SYMBOLS[of]}
      </svg>
      <span>{children}</span>
    </span>
  );
}
