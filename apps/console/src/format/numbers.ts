import { grouped, kilobytes, percent } from '#libs/base/table';

export { grouped, kilobytes, percent };

/** Where there is no figure (yet). */
export const NOTHING = '–';

/** Formats what is there. */
export const orNothing = <T>(value: T | null | undefined, format: (value: T) => string): string =>
  value === null || value === undefined ? NOTHING : format(value);

const FIGURES = 3;

/** Outside of this, powers of ten keep columns narrow. */
const isOfEverydaySize = (value: number): boolean => value >= 0.001 && value < 999_500;

/** 0 or more, of any size, with three figures: `5.10`, `0.0439`, from a thousand on whole; `5.62e-5`, `6.55e7`. */
export function figures(value: number): string {
  if (value === 0) return '0';
  if (!isOfEverydaySize(value)) return value.toExponential(FIGURES - 1).replace('+', '');
  return value >= 999.5 ? grouped(Math.round(value)) : value.toPrecision(FIGURES);
}

/** A round number, 0 or more, in as few characters: `1.5`, `30000`, `1.5e-5`. */
export function tick(value: number): string {
  const round = Number(value.toPrecision(FIGURES));
  return round === 0 || isOfEverydaySize(round) ? String(round) : round.toExponential().replace('+', '');
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

/**
 * The same of two numbers of 0 or more, in percent of the first: `−75 %`; where it grew tenfold or more, how many times: `×12.5`. Only what
 * is gone altogether is `−100 %`.
 */
export function relative(from: number, to: number): string {
  if (from === to) return '±0 %';
  if (from === 0) return '+∞ %';
  const times = to / from;
  if (times >= 10) return `×${figures(times)}`;
  const rounded = Math.round(100 * (times - 1));
  if (rounded === 0) return '±0 %';
  if (rounded === -100 && to > 0) return '<−99 %';
  return rounded > 0 ? `+${rounded} %` : `−${-rounded} %`;
}

/** The first figures of a digest: enough to tell two apart by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 10);

/** The mean of what is there; undefined for nothing. */
export function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0) / present.length;
}
