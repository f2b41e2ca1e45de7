/** Rice codes of DELTA.md: a number's high part in unary, its low k bits as they are, k from the numbers before it. */
import type { VariableKind } from './layout';

/** From this quotient on a number is written in full. */
export const ESCAPE_QUOTIENT = 24;

/** 0, -1, 1, -2, 2, … to 0, 1, 2, 3, 4, … */
export const zigZag = (d: number): number => (d >= 0 ? 2 * d : -2 * d - 1);
export const unZigZag = (u: number): number => (u % 2 === 0 ? u / 2 : -(u + 1) / 2);

/** Each kind's mean in sixteenths, at the beginning of a delta. */
const FIRST_MEANS: Readonly<Record<VariableKind, number>> = { weights: 128, head: 1024, bias: 1024 };
/** A mean of up to this, in sixteenths, has k = 0: where half the mean is 1. */
const MEAN_OF_0 = 32;

/** How large the last numbers of each kind were: what k is taken from. Encoder and decoder keep it alike. */
export class RunningMeans {
  private readonly means: Record<VariableKind, number> = { ...FIRST_MEANS };

  /** The parameter of the next number of this kind: the least k with 2^k at least half the mean. */
  parameter(kind: VariableKind): number {
    let k = 0;
    while (MEAN_OF_0 * 2 ** k < this.means[kind]) k++;
    return k;
  }

  /** Moves the mean an eighth of the way to `u`. */
  add(kind: VariableKind, u: number): void {
    const mean = this.means[kind];
    this.means[kind] = mean - (mean >>> 3) + 2 * u;
  }
}
