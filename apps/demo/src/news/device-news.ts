import { kilobytes } from '#libs/base/table';
import type { DeviceView } from '../api/types';

/** What happened to the fleet's devices between two looks at them, a sentence each. */
export function deviceNews(before: readonly DeviceView[], now: readonly DeviceView[]): readonly string[] {
  const known = new Map(before.map((device) => [device.id, device]));
  return now.flatMap((device) => newsOf(known.get(device.id), device));
}

function newsOf(before: DeviceView | undefined, now: DeviceView): readonly string[] {
  const news: string[] = [];
  if (!before) news.push(`${now.label}: enrolled (${now.board}, ${now.sramBytes / 1024} KB of SRAM)`);
  if (now.state !== before?.state && now.state !== 'enrolled') news.push(`${now.label}: ${outcomeOf(now)}`);
  if (now.isProgrammed && !before?.isProgrammed) news.push(`${now.label}: runs the program built for it`);
  return news;
}

function outcomeOf({ state, reason, build }: DeviceView): string {
  if (!build) return `${state}: ${reason ?? 'no reason given'}`;
  const { schemeName, plannedPeakBytes, elfPeakBytes } = build;
  return `trains ${schemeName}; peak ${kilobytes(plannedPeakBytes)} KB planned, ${kilobytes(elfPeakBytes)} KB built`;
}
