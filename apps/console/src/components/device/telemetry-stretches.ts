import type { Measure, Telemetry } from '../../api/types';
import type { Stretch } from '../../charts/lines/course';
import { lossWords } from '../../format/measure';
import { grouped } from '../../format/numbers';

/** The phases that measure something. */
const MEASURING = {
  evaluatingBefore: 'test before',
  training: 'pass',
  evaluatingAfter: 'test after',
} as const;

const isMeasuring = (phase: string): phase is keyof typeof MEASURING => phase in MEASURING;

/** Mean loss so far, in its unit, through each test and each pass. */
export function lossStretches(rows: readonly Telemetry[], { loss: measure }: Measure): readonly Stretch[] {
  const { valueOf } = lossWords(measure);
  return stretchesOf(rows, ({ loss }) => valueOf(loss));
}

/** Share of right predictions so far, through each test and each pass; none where nothing is right or wrong. */
export const accuracyStretches = (rows: readonly Telemetry[], { name }: Measure): readonly Stretch[] =>
  name === 'accuracy' ? stretchesOf(rows, ({ right, done }) => right / done) : [];

function stretchesOf(rows: readonly Telemetry[], valueOf: (row: Telemetry) => number): readonly Stretch[] {
  const stretches = new Map<string, Stretch>();
  for (const row of rows) {
    const { phase, pass, done, total } = row;
    if (!isMeasuring(phase) || done === 0 || total === 0) continue;
    const key = `${phase} ${pass}`;
    const name = phase === 'training' ? `pass ${pass + 1}` : MEASURING[phase];
    const point = { progress: Math.min(1, done / total), value: valueOf(row) };
    stretches.set(key, { key, name, points: [...(stretches.get(key)?.points ?? []), point] });
  }
  return [...stretches.values()];
}

/** What the device said last: `Last: training, 40 of 120.` */
export function latestWords(rows: readonly Telemetry[], phaseWord: (phase: string) => string): string {
  const last = rows.at(-1);
  return last ? `Last: ${phaseWord(last.phase)}, ${grouped(last.done)} of ${grouped(last.total)}.` : '';
}
