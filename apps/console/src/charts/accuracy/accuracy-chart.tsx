import type { ReactNode } from 'react';

import { counted, meanOf, orNothing, percent, points } from '../../format/numbers';
import styles from './accuracy-chart.module.css';
import { Legend } from './accuracy-legend';
import { type AccuracyRow, type AccuracyScale, accuracyScale } from './accuracy-scale';
import { AccuracyTrack } from './accuracy-track';

export interface AccuracyEntry extends AccuracyRow {
  readonly key: string;
  readonly name: ReactNode;
}

interface AccuracyChartProps {
  readonly entries: readonly AccuracyEntry[];
  readonly label: string;
  /** Rows that are drawn; the mean is of all. */
  readonly limit: number;
}

/** A table whose second column is a dumbbell chart: those who cannot see the marks read the figures. */
export function AccuracyChart({ entries, label, limit }: AccuracyChartProps) {
  const scale = accuracyScale(entries);
  const hidden = Math.max(0, entries.length - limit);
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th className={styles.plot}>
              <Axis scale={scale} />
            </th>
            <th scope="col">
              <Legend of="before">Before</Legend>
            </th>
            <th scope="col">
              <Legend of="personalised">
                Personal<span className={styles.words}>ised</span>
              </Legend>
            </th>
            <th scope="col">
              <Legend of="finalGlobal">
                <span className={styles.words}>Final </span>global
              </Legend>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, limit).map((entry) => (
            <ChartRow key={entry.key} entry={entry} scale={scale} />
          ))}
        </tbody>
        {entries.length > 1 && (
          <tfoot>
            <ChartRow entry={meanEntry(entries)} scale={scale} />
          </tfoot>
        )}
      </table>
      {hidden > 0 && (
        <p className={styles.hidden}>{counted(hidden, 'more device')} in the mean and in the report.</p>
      )}
    </div>
  );
}

interface ChartRowProps {
  readonly entry: AccuracyEntry;
  readonly scale: AccuracyScale;
}

function ChartRow({ entry, scale }: ChartRowProps) {
  const { name, before, personalised, finalGlobal } = entry;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={styles.plot}>
        <AccuracyTrack row={entry} scale={scale} />
      </td>
      <td>{orNothing(before, percent)}</td>
      <Reached from={before} to={personalised} />
      <Reached from={before} to={finalGlobal} />
    </tr>
  );
}

/** An accuracy and how far it is from where the device began. */
function Reached({ from, to }: { readonly from: number | null; readonly to: number | null }) {
  return (
    <td>
      {orNothing(to, percent)}
      <span className={styles.difference}>{from !== null && to !== null && points(from, to)}</span>
    </td>
  );
}

function Axis({ scale }: { readonly scale: AccuracyScale }) {
  return (
    <div className={styles.axis}>
      {scale.ticks.map((tick) => (
        <span key={tick} style={{ left: `${scale.at(tick)}%` }}>
          {Math.round(100 * tick)}
        </span>
      ))}
    </div>
  );
}

/** The mean of each accuracy over the devices that have it. */
const meanEntry = (entries: readonly AccuracyEntry[]): AccuracyEntry => ({
  key: 'mean',
  name: 'Mean',
  before: meanOf(entries.map(({ before }) => before)) ?? null,
  personalised: meanOf(entries.map(({ personalised }) => personalised)) ?? null,
  finalGlobal: meanOf(entries.map(({ finalGlobal }) => finalGlobal)) ?? null,
});
