import { EXPONENT_BYTES, exponentsBehind, type GradientType, mantissaBytes } from '#libs/model/ir';
import { ALIGNMENT } from './plan';

/** output.base - operand.base may be any multiple of `multipleOf` up to `atMost` (bytes), from `atLeast` on where that is given. */
export interface Reach {
  readonly atLeast?: number;
  readonly atMost: number;
  readonly multipleOf: number;
}

/** Planes that lie one behind the other, with their exponents behind them. */
export interface PlaneGroup {
  readonly type: GradientType;
  readonly channels: number;
}

/**
 * How planes of `written` pixels may lie over as many of `read` pixels, exponents behind the planes of each, where a plane and its
 * exponent are read before those of the same channel are written: in place. Larger ones begin below, by as much as they are
 * larger: so that all exponents are written behind the last that is read and no plane before its place has been read, or
 * with both ends together.
 */
export function planesReach(group: PlaneGroup, read: number, written: number): Reach | undefined {
  const { channels } = group;
  const excess = mantissaBytes(group) * (written - read);
  if (excess < 0) return undefined;
  const together = exponentsBehind(group, channels * read) - exponentsBehind(group, channels * written);
  const [least, most] = [together + EXPONENT_BYTES * channels, -excess * (channels - 1)];
  if (least <= most - (ALIGNMENT - 1)) return { atLeast: least, atMost: most, multipleOf: 1 };
  return together % ALIGNMENT === 0 ? { atLeast: together, atMost: together, multipleOf: 1 } : undefined;
}
