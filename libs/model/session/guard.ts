import type { Tally } from './tally';

/** Each at a quarter of the rates before (N11). */
export const MOST_RESTARTS = 2;

const LARGEST_LOSS = 16 * 65536;
const SUM_SHIFT = 4;
const ONE = 1n << 31n;

/** N11: what a loss adds to a sum. @param loss N3, in 1/65536 bit */
export const lossSummand = (loss: number): number => Math.min(Math.max(loss, 0), LARGEST_LOSS) >> SUM_SHIFT;

/**
 * floor(65536 * log2(classes)) in integers, bit by bit from squares, as fl_guard_chance does.
 * @param classes 1..4096
 */
export function chanceLoss(classes: number): number {
  const whole = 31 - Math.clz32(classes);
  let mantissa = (BigInt(classes) * ONE) >> BigInt(whole);
  let result = whole << 16;
  for (let bit = 1 << 15; bit > 0; bit >>= 1) {
    mantissa = (mantissa * mantissa) >> 31n;
    if (mantissa < 2n * ONE) continue;
    mantissa >>= 1n;
    result |= bit;
  }
  return result;
}

/**
 * N11: has a pass done so badly that the session must begin again?
 * @param base the items to learn from, before the first step
 * @param learned the same items in the pass, each before its own step
 */
export function guardTrips(base: Tally, learned: Tally, pass: number, classes: number): boolean {
  const chance = learned.items * (chanceLoss(classes) >> SUM_SHIFT);
  return learned.lossSum >= (pass === 0 ? Math.max(chance, base.lossSum) : base.lossSum);
}

/**
 * N11: did a session that came to its end help? The loss of the items to learn from fell; and where the guard had to begin again, no fewer of them
 * are right: after few passes at a rate that is still too high, a loss can fall while answers get worse. They stand in for items that were held out
 * because a device has few: what this must find are values that training has broken, and those fail on the items just
 * learned from as on all others; ten held-out items of a hundred would cost a tenth of what there is to learn from, and
 * tell no more than tenths. The items to test on decide nothing: they would no longer be a test.
 */
export const hasHelped = (base: Tally, check: Tally, restarts: number): boolean =>
  check.lossSum < base.lossSum && (restarts === 0 || check.right >= base.right);
