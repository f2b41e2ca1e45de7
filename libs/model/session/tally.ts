import { lossSummand } from './guard';

/** Of some items, as devices count them: the same integers on every engine. */
export interface Tally {
  readonly items: number;
  readonly right: number;
  /** Sum of the losses in 1/4096 bit, each at most 16 bit (N11). */
  readonly lossSum: number;
}

export const NO_ITEMS: Tally = { items: 0, right: 0, lossSum: 0 };

/** With one item more. @param loss N3, in 1/65536 bit */
export const counted = ({ items, right, lossSum }: Tally, isRight: boolean, loss: number): Tally => ({
  items: items + 1,
  right: right + (isRight ? 1 : 0),
  lossSum: lossSum + lossSummand(loss),
});

const UNITS_PER_BIT = 4096;

/** The fraction of items that were right; 0 of none. */
export const accuracyOf = ({ items, right }: Tally): number => (items === 0 ? 0 : right / items);

/** Of a classifier, mean cross-entropy in nats, of losses cut at 16 bit (11.09 nats); 0 of none. */
export const meanLossOf = ({ items, lossSum }: Tally): number =>
  items === 0 ? 0 : ((lossSum / items) * Math.LN2) / UNITS_PER_BIT;
