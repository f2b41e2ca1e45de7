import { type Column, formatTable, kilobytes, percent, type Row } from '#libs/base/table';
import { type DeviceReport, meanOf } from './device-report';

interface Field extends Column {
  /** The cell of one device; for the mean row, of the whole fleet. */
  readonly cell: (device: DeviceReport) => string;
  readonly mean?: (devices: readonly DeviceReport[]) => string;
}

const NOTHING = '-';

const measured = (
  title: string,
  format: (value: number) => string,
  of: (d: DeviceReport) => number | undefined,
): Field => {
  const show = (value: number | undefined): string => (value === undefined ? NOTHING : format(value));
  return {
    title,
    align: 'right',
    cell: (device) => show(of(device)),
    mean: (devices) => show(meanOf(devices.map(of))),
  };
};

const FIELDS: readonly Field[] = [
  { title: 'device', align: 'left', cell: ({ name }) => name, mean: () => 'mean' },
  { title: 'board', align: 'left', cell: ({ board }) => board },
  { title: 'SRAM KB', align: 'right', cell: ({ sramBudgetBytes }) => String(sramBudgetBytes / 1024) },
  measured('planned KB', kilobytes, (device) => device.plannedPeakBytes),
  measured('built KB', kilobytes, (device) => device.builtPeakBytes),
  measured('measured KB', kilobytes, (device) => device.measuredPeakBytes),
  { title: 'scheme', align: 'left', cell: ({ scheme }) => scheme ?? NOTHING },
  measured('before %', percent, (device) => device.accuracyBefore),
  measured('own %', percent, (device) => device.accuracyPersonal),
  measured('fleet %', percent, (device) => device.accuracyGlobal),
  measured('KB down', kilobytes, (device) => device.bytesDown),
  measured('KB up', kilobytes, (device) => device.bytesUp),
];

/** One line a device and the mean of them all. */
export function reportTable(devices: readonly DeviceReport[]): string {
  const rows = devices.map((device): Row => FIELDS.map((field) => field.cell(device)));
  return formatTable(FIELDS, rows, [FIELDS.map((field) => field.mean?.(devices) ?? '')]);
}
