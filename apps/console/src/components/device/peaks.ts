import type { Device, ReportRow } from '../../api/types';
import type { Usage } from '../../charts/budget/budget-scale';

/** Peak SRAM of a device: promised, built, and as the device measured it. */
export interface Peaks {
  readonly sramBytes: number;
  readonly planned: number | null;
  readonly built: number | null;
  readonly measured: number | null;
}

export const peaksOf = ({ sramBytes, build }: Device, measured: number | null): Peaks => ({
  sramBytes,
  planned: build?.plannedPeakBytes ?? null,
  built: build?.elfPeakBytes ?? null,
  measured,
});

export const reportPeaks = (row: ReportRow): Peaks => ({
  sramBytes: row.sramBytes,
  planned: row.plannedPeakBytes,
  built: row.elfPeakBytes,
  measured: row.measuredPeakBytes,
});

export const usagesOf = ({ planned, built, measured }: Peaks): readonly Usage[] => [
  { name: 'planned', bytes: planned },
  { name: 'built', bytes: built },
  { name: 'measured', bytes: measured },
];
