import { BudgetBars } from '../../charts/budget/budget-bars';
import { kilobytes, NOTHING, orNothing } from '../../format/numbers';
import type { Column } from '../table/column';
import styles from './peak-columns.module.css';
import { type Peaks, usagesOf } from './peaks';

/** Peak SRAM against the budget, in figures and as bars. */
export const peakColumns = <Row,>(peaksOf: (row: Row) => Peaks): readonly Column<Row>[] =>
  peakColumnsOf(peaksOf, ['planned', 'built', 'measured']);

/** Of a list where nothing measured is known. */
export const builtPeakColumns = <Row,>(peaksOf: (row: Row) => Peaks): readonly Column<Row>[] =>
  peakColumnsOf(peaksOf, ['planned', 'built']);

type Figure = 'planned' | 'built' | 'measured';

const FIGURES = {
  planned: { title: 'Planned KB', help: 'what the plan promises', needs: 'wide' },
  built: { title: 'Built KB', help: 'what the linked program takes', needs: 'wide' },
  measured: { title: 'Measured KB', help: 'the most that the device saw', needs: 'medium' },
} as const satisfies Record<Figure, Pick<Column<never>, 'title' | 'help' | 'needs'>>;

const peakColumnsOf = <Row,>(
  peaksOf: (row: Row) => Peaks,
  figures: readonly Figure[],
): readonly Column<Row>[] => [
  ...figures.map((name): Column<Row> => ({
    ...FIGURES[name],
    align: 'right',
    cell: (row) => orNothing(peaksOf(row)[name], kilobytes),
  })),
  {
    title: 'Budget KB',
    help: 'SRAM that the device may use',
    align: 'right',
    needs: 'medium',
    cell: (row) => kilobytes(peaksOf(row).sramBytes),
  },
  { title: 'Of the budget', cell: (row) => <PeakBars peaks={peaksOf(row)} /> },
];

function PeakBars({ peaks }: { readonly peaks: Peaks }) {
  if (usagesOf(peaks).every(({ bytes }) => bytes === null)) return NOTHING;
  return (
    <>
      <BudgetBars budgetBytes={peaks.sramBytes} usages={usagesOf(peaks)} />
      <div className={styles.narrow}>
        {kilobytes(peaks.measured ?? peaks.built ?? peaks.planned ?? 0)} of {kilobytes(peaks.sramBytes)} KB
      </div>
    </>
  );
}
