import { invariant } from '#libs/base/result';
import type { DeltaSlice } from '#libs/fleet/delta';

/** The delta of one tensor, or of a part of it, from one device. */
export interface PartialValues {
  /** Absent: of the whole tensor. */
  readonly slice?: DeltaSlice;
  readonly values: Int32Array;
}

/** Coordinates of a tensor that the same contributors trained. */
export interface Band<C extends PartialValues> {
  /** Where they stand in the whole tensor, ascending. */
  readonly positions: Uint32Array;
  /** Each with the values of these coordinates alone. */
  readonly contributors: readonly C[];
}

const runOf = ({ slice, values }: PartialValues): number => slice?.run ?? values.length;

/** Runs [low, high) of every period: their positions, where periods begin every `stride` elements. */
function positionsOf(low: number, high: number, stride: number, periods: number): Uint32Array {
  const width = high - low;
  return Uint32Array.from(
    { length: width * periods },
    (_, i) => Math.floor(i / width) * stride + low + (i % width),
  );
}

/**
 * Divides a tensor of `count` elements among those who trained it: schemes take the first input channels of a layer, so what
 * one device trained holds what another with fewer channels did. Coordinates that nobody trained are in no band.
 */
export function bandsOf<C extends PartialValues>(
  contributions: readonly C[],
  count: number,
): readonly Band<C>[] {
  const stride = contributions.find(({ slice }) => slice)?.slice?.stride ?? count;
  const widthOf = (one: C): number => (one.slice ? runOf(one) : stride);
  const periods = count / stride;
  const ends = [...new Set(contributions.map(widthOf))].sort((a, b) => a - b);
  return ends.map((high, i): Band<C> => {
    const low = ends[i - 1] ?? 0;
    const positions = positionsOf(low, high, stride, periods);
    const contributors = contributions
      .filter((one) => widthOf(one) >= high)
      .map((one): C => {
        const width = widthOf(one);
        invariant(one.values.length === width * periods, 'every contributor has the values of its channels');
        const own = positionsOf(low, high, width, periods);
        return { ...one, values: Int32Array.from(own, (at) => one.values[at] as number) };
      });
    return { positions, contributors };
  });
}
