import type { Tally } from './tally';

/**
 * N11: when a session may end before its last pass. Losses are means of a pass in units of N3 (of a classifier 1/65536 bit), integers.
 * Of all zeros it never does.
 */
export interface StopRule {
  /** It ends after a pass with a smaller loss. */
  readonly belowLoss: number;
  /** It ends after so many passes, one after the other, that brought no progress; 0: never. */
  readonly patience: number;
  /** Progress: a loss at least so much smaller than the smallest before. */
  readonly leastFall: number;
}

export const NEVER: StopRule = { belowLoss: 0, patience: 0, leastFall: 0 };

/** Why no further pass was made: all were; the loss was small enough; it no longer fell; or the guard gave up. */
export type SessionEnd = 'passes' | 'lowLoss' | 'noProgress' | 'guard';

const SUM_UNITS = 16;

/** N11: floor of the mean, in the units of a single loss. */
export const meanLossUnits = ({ items, lossSum }: Tally): number =>
  items === 0 ? 0 : Math.floor((SUM_UNITS * lossSum) / items);

/** N11: looks at pass after pass of one attempt. */
export class EarlyStop {
  private least: number;
  private waited = 0;

  /** @param base of the items to learn from, before the first step */
  constructor(
    private readonly rule: StopRule,
    base: Tally,
  ) {
    this.least = meanLossUnits(base);
  }

  /** Why the session ends after this pass, if it does. */
  after(learned: Tally): 'lowLoss' | 'noProgress' | undefined {
    const { belowLoss, patience, leastFall } = this.rule;
    const mean = meanLossUnits(learned);
    if (mean < belowLoss) return 'lowLoss';
    if (mean + leastFall <= this.least) {
      this.least = mean;
      this.waited = 0;
    } else this.waited += 1;
    return this.waited === patience && patience > 0 ? 'noProgress' : undefined;
  }
}
