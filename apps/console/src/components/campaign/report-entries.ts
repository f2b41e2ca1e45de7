import type { ReportRow } from '../../api/types';

/** What a device of a report is called. */
export const reportName = ({ label, deviceId }: ReportRow): string => label ?? deviceId;

/** Devices with something to compare, by name. */
export const comparable = (rows: readonly ReportRow[]): readonly ReportRow[] =>
  rows
    .filter((row) =>
      [row.scoreBefore, row.scorePersonalised, row.scoreFinalGlobal].some((one) => one !== null),
    )
    .toSorted((a, b) => reportName(a).localeCompare(reportName(b), 'en', { numeric: true }));
