import { grouped, kilobytes, percent } from '#libs/base/table';

export { grouped, kilobytes, percent };

/** Where there is no figure (yet). */
export const NOTHING = '–';

/** Formats what is there. */
export const orNothing = <T>(value: T | null | undefined, format: (value: T) => string): string =>
  value === null || value === undefined ? NOTHING : format(value);

const BITS_SCALE = 65_536;

/** A loss of the wire, 1/65536 bit, in bits. */
export const bitsOf = (loss: number): number => loss / BITS_SCALE;

/** A loss of the wire as bits: `0.412`. */
export const bits = (loss: number): string => bitsOf(loss).toFixed(3);

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

/** The first figures of a digest: enough to tell two apart by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 10);

/** Right predictions of a test set, as a fraction; undefined where either is missing. */
export const accuracyOf = (right: number | undefined, items: number | undefined): number | undefined =>
  right === undefined || !items ? undefined : right / items;

/** The mean of what is there; undefined for nothing. */
export function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0) / present.length;
}
