import type { ReactNode } from 'react';

import type { Measure } from '../../api/types';
import { measureWords, type MeasureWords } from '../../format/measure';
import { counted, meanOf, orNothing, tick } from '../../format/numbers';
import styles from './score-chart.module.css';
import { Legend } from './score-legend';
import { type ScoreRow, type ScoreScale, scoreScale } from './score-scale';
import { ScoreTrack } from './score-track';

export interface ScoreEntry extends ScoreRow {
  readonly key: string;
  readonly name: ReactNode;
}

interface ScoreChartProps {
  readonly entries: readonly ScoreEntry[];
  readonly measure: Measure;
  readonly label: string;
  /** Rows that are drawn; the mean is of all. */
  readonly limit: number;
}

/** A table whose second column is a dumbbell chart: those who cannot see the marks read the figures. */
export function ScoreChart({ entries, measure, label, limit }: ScoreChartProps) {
  const scale = scoreScale(entries, measure);
  const words = measureWords(measure);
  const hidden = Math.max(0, entries.length - limit);
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th className={styles.plot}>
              <Axis scale={scale} measure={measure} />
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
            <ChartRow key={entry.key} entry={entry} scale={scale} words={words} />
          ))}
        </tbody>
        {entries.length > 1 && (
          <tfoot>
            <ChartRow entry={meanEntry(entries)} scale={scale} words={words} />
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
  readonly entry: ScoreEntry;
  readonly scale: ScoreScale;
  readonly words: MeasureWords;
}

function ChartRow({ entry, scale, words }: ChartRowProps) {
  const { name, before, personalised, finalGlobal } = entry;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={styles.plot}>
        <ScoreTrack row={entry} scale={scale} />
      </td>
      <td>{orNothing(before, words.format)}</td>
      <Reached from={before} to={personalised} words={words} />
      <Reached from={before} to={finalGlobal} words={words} />
    </tr>
  );
}

interface ReachedProps {
  readonly from: number | null;
  readonly to: number | null;
  readonly words: MeasureWords;
}

/** A value and how far it is from where the device began. */
function Reached({ from, to, words }: ReachedProps) {
  return (
    <td>
      {orNothing(to, words.format)}
      <span className={styles.difference}>{from !== null && to !== null && words.change(from, to)}</span>
    </td>
  );
}

interface AxisProps {
  readonly scale: ScoreScale;
  readonly measure: Measure;
}

/** Ticks are round numbers. */
function Axis({ scale, measure: { unit } }: AxisProps) {
  return (
    <div className={styles.axis}>
      {scale.ticks.map((value) => (
        <span key={value} style={{ left: `${scale.at(value)}%` }}>
          {unit === 'fraction' ? Math.round(100 * value) : tick(value)}
        </span>
      ))}
    </div>
  );
}

/** The mean of each value over the devices that have it. */
const meanEntry = (entries: readonly ScoreEntry[]): ScoreEntry => ({
  key: 'mean',
  name: 'Mean',
  before: meanOf(entries.map(({ before }) => before)) ?? null,
  personalised: meanOf(entries.map(({ personalised }) => personalised)) ?? null,
  finalGlobal: meanOf(entries.map(({ finalGlobal }) => finalGlobal)) ?? null,
});
