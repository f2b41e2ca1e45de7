import { percent } from '#libs/base/table';
import { type DeviceReport, meanOf } from './device-report';

/** Why the demo did not show what it promises; undefined if it did. `expected`: the devices that the model fits on. */
export function failureOf(expected: readonly string[], devices: readonly DeviceReport[]): string | undefined {
  const reports = expected.map((name) => ({ name, report: devices.find((device) => device.name === name) }));
  const absent = reports.filter(({ report }) => report === undefined).map(({ name }) => name);
  if (absent.length > 0) return `Not in the campaign's report: ${absent.join(', ')}.`;
  const untrained = reports
    .filter(({ report }) => report?.accuracyPersonal === undefined)
    .map(({ name }) => name);
  if (untrained.length > 0) return `Enrolled, but never trained: ${untrained.join(', ')}.`;
  const unevaluated = reports
    .filter(({ report }) => report?.accuracyGlobal === undefined)
    .map(({ name }) => name);
  if (unevaluated.length > 0)
    return `The final model version was not evaluated on: ${unevaluated.join(', ')}.`;
  return (
    noGain('own training', devices, (device) => device.accuracyPersonal) ??
    noGain("the fleet's final model version", devices, (device) => device.accuracyGlobal)
  );
}

function noGain(
  what: string,
  devices: readonly DeviceReport[],
  after: (device: DeviceReport) => number | undefined,
): string | undefined {
  const before = meanOf(devices.map((device) => device.accuracyBefore)) ?? 0;
  const reached = meanOf(devices.map(after)) ?? 0;
  if (reached > before) return undefined;
  return `On average ${what} brought nothing: ${percent(before)} % before, ${percent(reached)} % after.`;
}
