import type { Measure, ReportRow } from '../../../api/types';
import { reportName } from '../../../components/campaign/report-entries';
import { DeviceLink } from '../../../components/device/device-link';
import { peakColumns } from '../../../components/device/peak-columns';
import { reportPeaks } from '../../../components/device/peaks';
import { StateMark } from '../../../components/state/state-mark';
import { reportState } from '../../../components/state/states';
import type { Column, TableDeclaration } from '../../../components/table/column';
import { measureWords } from '../../../format/measure';
import { kilobytes, meanOf, NOTHING, orNothing } from '../../../format/numbers';
import styles from './report-table.module.css';

interface Figure {
  readonly of: (row: ReportRow) => number | null;
  readonly format: (value: number) => string;
  readonly help: string;
  readonly needs?: Column<ReportRow>['needs'];
}

/** A column of figures with their mean below. */
const figure = (title: string, { of, format, help, needs }: Figure): Column<ReportRow> => ({
  title,
  help,
  ...(needs && { needs }),
  align: 'right',
  sortBy: (row) => of(row) ?? undefined,
  cell: (row) => orNothing(of(row), format),
  footer: (rows) => orNothing(meanOf(rows.map(of)), format),
});

function scores(measure: Measure): readonly Column<ReportRow>[] {
  const { unit, format, direction } = measureWords(measure);
  return [
    figure(`Before ${unit}`, {
      of: (row) => row.scoreBefore,
      format,
      help: `the version that the campaign began with; ${direction}`,
    }),
    figure(`Personalised ${unit}`, {
      of: (row) => row.scorePersonalised,
      format,
      help: 'after the last own training',
    }),
    figure(`Final global ${unit}`, {
      of: (row) => row.scoreFinalGlobal,
      format,
      help: 'the last version of the campaign',
    }),
  ];
}

export const reportTable = (measure: Measure): TableDeclaration<ReportRow> => ({
  label: 'Report: one row for every device of the fleet',
  rowKey: ({ deviceId }) => deviceId,
  columns: [
    {
      title: 'Device',
      cell: (row) => <DeviceLink id={row.deviceId} name={reportName(row)} />,
      sortBy: reportName,
      footer: () => 'Mean',
    },
    { title: 'Board', needs: 'wide', cell: ({ board }) => board, sortBy: ({ board }) => board },
    ...peakColumns<ReportRow>(reportPeaks),
    {
      title: 'Scheme',
      needs: 'wide',
      cell: ({ scheme }) => scheme ?? NOTHING,
      sortBy: ({ scheme }) => scheme ?? undefined,
    },
    ...scores(measure),
    figure('KB down', {
      of: (row) => row.bytesDown,
      format: kilobytes,
      help: 'received over MQTT',
      needs: 'medium',
    }),
    figure('KB up', { of: (row) => row.bytesUp, format: kilobytes, help: 'sent over MQTT', needs: 'medium' }),
    {
      title: 'State',
      needs: 'medium',
      cell: (row) => <ReportStateCell row={row} />,
      sortBy: ({ state }) => state,
    },
  ],
});

function ReportStateCell({ row }: { readonly row: ReportRow }) {
  return (
    <>
      <StateMark state={reportState(row)} />
      {row.reason !== null && <div className={styles.reason}>{row.reason}</div>}
    </>
  );
}
