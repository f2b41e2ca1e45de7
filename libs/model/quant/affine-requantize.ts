/**
 * Requantisation as one affine form, proved for the sums that a channel can have:
 *
 *   clamp8(MBQM(sum + offset) + zero) = clamp8(((sum * factor + addend) * multiplier) >> 48)
 *
 * A processor with a multiply-add, a high product and a saturating shift does the right side in three instructions.
 *
 * Why it can be proved: both sides never fall where the sum grows, so they are equal everywhere if they step at the same
 * sums. The left side steps to k at a sum T[k], found by asking N2 itself; the right side steps there if
 *
 *   D[k] - T[k] * factor <= addend <= D[k] - 1 - (T[k] - 1) * factor,   D[k] = ceil(k * 2^48 / multiplier)
 *
 * for all k that occur: an interval for `addend`. Factors and multipliers near the nominal ones are tried until one is not
 * empty. Where negative values are rounded away from zero (an output whose zero point is inside its range) there is none.
 */

/** Sums of products of a channel: before bias and zero points. */
export interface SumRange {
  readonly lowest: number;
  readonly highest: number;
}

/** How N2 makes outputs of sums, clamped to int8. */
export interface Requantisation {
  /** Bias, less the zero point times the weights. */
  readonly offset: number;
  readonly multiplier: number;
  readonly shift: number;
  readonly zeroPoint: number;
}

/** Right side of the equation; `addend` is taken modulo 2^32. */
export interface AffineForm {
  readonly factor: number;
  readonly addend: number;
  readonly multiplier: number;
}

const LOW = -128;
const HIGH = 127;
/** 32 for the high product and FL_AFFINE_SHIFT of fl_dsp.h. */
const SCALE = 2 ** 48;
const LIMIT = 2 ** 31;
const MOST_FACTORS = 64;

const clamped = (value: number): number => Math.min(HIGH, Math.max(LOW, value));

/** N2 for |sum| < 2^31 and shifts <= 0, without leaving the integers of binary64. */
export function requantised(sum: number, { multiplier, shift, zeroPoint }: Requantisation): number {
  const [upper, lower] = [Math.floor(multiplier / 2 ** 16), multiplier % 2 ** 16];
  const carry = Math.floor((sum * lower + 2 ** 30) / 2 ** 16);
  const product = Math.floor((sum * upper + carry) / 2 ** 15);
  if (shift === 0) return clamped(product + zeroPoint);
  const doubled = Math.floor((product < 0 ? product - 1 : product) / 2 ** (-shift - 1));
  return clamped(Math.floor((doubled + 1) / 2) + zeroPoint);
}

/** Where the output becomes `value`: outputs of sums from `at` on (and not before) are at least that. */
interface Step {
  readonly value: number;
  readonly at: number;
}

/** All steps between the lowest and highest sum, offsets included. */
function stepsOf(by: Requantisation, { lowest, highest }: SumRange): readonly Step[] {
  const scale = by.multiplier * 2 ** (by.shift - 31);
  const [first, last] = [requantised(lowest, by), requantised(highest, by)];
  return Array.from({ length: last - first }, (_, i) => {
    const value = first + 1 + i;
    const guess = Math.ceil((value - by.zeroPoint - 0.5) / scale);
    let at = Math.min(highest, Math.max(lowest + 1, guess));
    while (requantised(at, by) < value) at++;
    while (requantised(at - 1, by) >= value) at--;
    return { value, at };
  });
}

/** D[k], exact. */
function threshold(value: number, multiplier: number): number {
  if (value === 0) return 0;
  const quotient = (value * SCALE) / multiplier;
  if (Math.abs(quotient - Math.round(quotient)) > 1e-4) return Math.ceil(quotient);
  const [dividend, divisor] = [BigInt(value) * BigInt(SCALE), BigInt(multiplier)];
  const floor = dividend / divisor;
  return Number(dividend > 0n && dividend % divisor !== 0n ? floor + 1n : floor);
}

interface Channel {
  readonly steps: readonly Step[];
  readonly range: SumRange;
  /** Outputs at both ends. */
  readonly first: number;
  readonly last: number;
}

/** The addend with which `factor` and `multiplier` are right, if there is one. */
function addendFor(
  { steps, range, first, last }: Channel,
  factor: number,
  multiplier: number,
): number | undefined {
  let least = first > LOW ? threshold(first, multiplier) - range.lowest * factor : -Infinity;
  let most = last < HIGH ? threshold(last + 1, multiplier) - 1 - range.highest * factor : Infinity;
  for (const { value, at } of steps) {
    const from = threshold(value, multiplier);
    least = Math.max(least, from - at * factor);
    most = Math.min(most, from - 1 - (at - 1) * factor);
    if (least > most) return undefined;
  }
  const addend = Math.floor((Math.max(least, most - LIMIT) + Math.min(most, least + LIMIT)) / 2);
  const ends = [range.lowest, range.highest].map((sum) => sum * factor + addend);
  return ends.every((end) => end >= -LIMIT && end < LIMIT) ? addend : undefined;
}

/** Multiples of `grain` in (least, most], from the greatest down, at even distances where they are many. */
function factorsBetween(least: number, most: number, grain: number): readonly number[] {
  const [from, to] = [Math.floor(least / grain) + 1, Math.floor(most / grain)];
  const count = Math.max(0, Math.min(MOST_FACTORS, to - from + 1));
  return Array.from({ length: count }, (_, i) => grain * (to - Math.floor((i * (to - from + 1)) / count)));
}

/** The output is the same for every sum. */
const constantForm = (value: number): AffineForm => ({
  factor: 0,
  addend: value * 2 ** 18 + 2 ** 17,
  multiplier: 2 ** 30,
});

/**
 * A form that is right for every sum in `range`, or undefined.
 * @param grain what `factor` must be a multiple of
 */
export function affineForm(by: Requantisation, range: SumRange, grain = 1): AffineForm | undefined {
  const shifted = { lowest: range.lowest + by.offset, highest: range.highest + by.offset };
  const largest = Math.max(1, Math.abs(shifted.lowest), Math.abs(shifted.highest));
  if (by.shift > 0 || largest >= 2 ** 30) return undefined;
  const [first, last] = [requantised(shifted.lowest, by), requantised(shifted.highest, by)];
  if (first === last) return constantForm(first);
  const channel = { steps: stepsOf(by, shifted), range: shifted, first, last };
  const scale = by.multiplier * 2 ** (by.shift - 31);
  const nominal = scale * SCALE;
  /* A sum of 0 is made zeroPoint / scale * factor: what must stay within a word. */
  const zero = by.zeroPoint / scale;
  const reach = Math.max(1, Math.abs(shifted.lowest + zero), Math.abs(shifted.highest + zero));
  for (const factor of factorsBetween(nominal / LIMIT, LIMIT / reach, grain)) {
    for (const nudge of [0, 1, -1]) {
      const multiplier = Math.round(nominal / factor) + nudge;
      if (multiplier <= 0 || multiplier >= LIMIT) continue;
      const addend = addendFor(channel, factor, multiplier);
      if (addend !== undefined) return { factor, addend: (addend + by.offset * factor) | 0, multiplier };
    }
  }
  return undefined;
}
