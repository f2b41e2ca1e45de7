import { grouped, kilobytes, percent } from '#libs/base/table';

export { grouped, kilobytes, percent };

/** Where there is no figure (yet). */
export const NOTHING = '–';

/** Formats what is there. */
export const orNothing = <T>(value: T | null | undefined, format: (value: T) => string): string =>
  value === null || value === undefined ? NOTHING : format(value);

const FIGURES = 3;

/** A positive number of any size with three figures: `5.10`, `0.0439`; from a thousand on whole. */
export function figures(value: number): string {
  if (value === 0) return '0';
  return value >= 999.5 ? grouped(Math.round(value)) : value.toPrecision(FIGURES);
}

/** `1 device`, `8 devices`. */
export const counted = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** The difference of two fractions in percentage points, signed: `+12.5`, `−0.4`. */
export function points(from: number, to: number): string {
  const difference = 100 * (to - from);
  const rounded = difference.toFixed(1);
  if (Number(rounded) === 0) return '±0.0';
  return difference > 0 ? `+${rounded}` : `−${rounded.slice(1)}`;
}

/** The same of two numbers above 0, in percent of the first: `−75 %`; empty where that is 0. */
export function relative(from: number, to: number): string {
  if (from === 0) return '';
  const rounded = (100 * (to / from - 1)).toFixed(0);
  if (Number(rounded) === 0) return '±0 %';
  return to > from ? `+${rounded} %` : `−${rounded.slice(1)} %`;
}

/** The first figures of a digest: enough to tell two apart by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 10);

/** The mean of what is there; undefined for nothing. */
export function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0) / present.length;
}
