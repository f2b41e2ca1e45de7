/** Tables of N3, both with linear interpolation between neighbours. */

const INTERVALS = 64;
const points = Array.from({ length: INTERVALS + 1 }, (_, i) => i / INTERVALS);

/** T2[i] = round(32768 * 2^(-i/64)): powers of two in Q15, 16384..32768. */
export const POWER_TABLE: Uint16Array = Uint16Array.from(points, (x) => Math.round(32768 * 2 ** -x));

/** TL[i] = round(65536 * log2(1 + i/64)): logarithms in Q16, 0..65536. No entry lies within .001 of a tie. */
export const LOGARITHM_TABLE: Int32Array = Int32Array.from(points, (x) =>
  Math.round(65536 * Math.log2(1 + x)),
);
