/** Rice codes of DELTA.md: a number's high part in unary, its low k bits as they are. */

export const MAX_RICE_PARAMETER = 14;
/** From this quotient on a number is written in full. */
export const ESCAPE_QUOTIENT = 24;

/** 0, -1, 1, -2, 2, … to 0, 1, 2, 3, 4, … */
export const zigZag = (d: number): number => (d >= 0 ? 2 * d : -2 * d - 1);
export const unZigZag = (u: number): number => (u % 2 === 0 ? u / 2 : -(u + 1) / 2);

/** Bits of all `values` with parameter `k`. */
function riceBits(values: Int32Array, k: number, escapeBits: number): number {
  let bits = 0;
  for (const value of values) {
    const quotient = zigZag(value) >>> k;
    bits += quotient < ESCAPE_QUOTIENT ? quotient + 1 + k : ESCAPE_QUOTIENT + escapeBits;
  }
  return bits;
}

/** The parameter of fewest bits; of several, the smallest. */
export function riceParameter(values: Int32Array, escapeBits: number): number {
  let best = 0;
  let fewest = Infinity;
  for (let k = 0; k <= MAX_RICE_PARAMETER; k++) {
    const bits = riceBits(values, k, escapeBits);
    if (bits < fewest) {
      fewest = bits;
      best = k;
    }
  }
  return best;
}
