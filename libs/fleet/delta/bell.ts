/** How a number's distance from what is expected is distributed (DELTA.md, "Symbols"). */

/** Symbols of a number: buckets 0..126 around what is expected, and one for all that lies outside. */
export const SYMBOLS = 128;
export const ESCAPE = SYMBOLS - 1;
/** The bucket that begins at what is expected, or is centred there where buckets are single numbers. */
export const MIDDLE = SYMBOLS / 2;
/** What the frequencies of all symbols add up to. */
export const TOTAL = 65_536;

/** Every symbol has a frequency of at least 1; the bell shares out the rest. */
const SHARED = TOTAL - SYMBOLS;

/**
 * The upper tail of Student's t with 10 degrees of freedom, of `SHARED`, at 0, 1/4, 2/4, … 6 mean magnitudes: what normally distributed
 * numbers look like whose scale is known from a few others. A mean magnitude is 1/1.12 of the t's unit.
 */
const TAIL: readonly number[] = [
  32_704, 27_074, 21_742, 16_949, 12_850, 9500, 6872, 4881, 3416, 2365, 1624, 1110, 757, 516, 353, 242, 166,
  115, 80, 56, 40, 28, 20, 14, 0,
];
const LAST = TAIL.length - 1;

/** Of `SHARED`, how much lies beyond `distance` 32nds of a bucket, where a mean magnitude is `width` sixteenths of a bucket. */
function tail(distance: number, width: number): number {
  const at = Math.floor((512 * distance) / width);
  const [entry, fraction] = [at >> 8, at & 255];
  if (entry >= LAST) return 0;
  const [here, next] = [TAIL[entry] ?? 0, TAIL[entry + 1] ?? 0];
  return here - (((here - next) * fraction) >> 8);
}

/** How buckets lie at a scale: each has 2^shift numbers, and a mean magnitude is `width` sixteenths of one. */
export interface Buckets {
  readonly shift: number;
  readonly width: number;
}

/** @param scale the expected magnitude in sixteenths */
export function bucketsAt(scale: number): Buckets {
  let shift = 0;
  while (scale >>> shift >= 128) shift++;
  return { shift, width: (scale >>> shift) + 3 };
}

/** The frequencies of all symbols below this one; 0..SYMBOLS. */
export function cumulative({ shift, width }: Buckets, symbol: number): number {
  const boundary = 32 * (symbol - MIDDLE) - (32 >> (shift + 1));
  const beyond = tail(Math.abs(boundary), width);
  return (boundary < 0 ? beyond : SHARED - beyond) + symbol;
}
