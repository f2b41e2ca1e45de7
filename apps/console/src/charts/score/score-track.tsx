import { BeforeMark, FinalGlobalMark, Gridline, Lane, PersonalisedMark } from './score-marks';
import type { ScoreRow, ScoreScale } from './score-scale';
import styles from './score-chart.module.css';

interface ScoreTrackProps {
  readonly row: ScoreRow;
  readonly scale: ScoreScale;
}

/** One device on the axis: where it was, and two lanes to where own training and the fleet brought it. */
export function ScoreTrack({ row, scale }: ScoreTrackProps) {
  const place = (value: number | null): number | undefined => (value === null ? undefined : scale.at(value));
  const [before, own, fleet] = [place(row.before), place(row.personalised), place(row.finalGlobal)];
  return (
    <svg className={styles.track} height="26" width="100%" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <Gridline key={tick} x={scale.at(tick)} />
      ))}
      {before !== undefined && own !== undefined && (
        <Lane from={before} to={own} y={8} colour="var(--fl-personal)" />
      )}
      {before !== undefined && fleet !== undefined && (
        <Lane from={before} to={fleet} y={18.5} colour="var(--fl-global)" />
      )}
      {before !== undefined && <BeforeMark x={before} />}
      {own !== undefined && <PersonalisedMark x={own} />}
      {fleet !== undefined && <FinalGlobalMark x={fleet} />}
    </svg>
  );
}
