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

/**
 * Of a network that tells no classes apart, the mean squared error in real units, of errors cut at 2^16 squared steps of its output
 * (losses are then in 1/16 of a squared step, and their sum in whole ones); 0 of none.
 * @param scale of the output
 */
export const meanSquaredErrorOf = ({ items, lossSum }: Tally, scale: number): number =>
  items === 0 ? 0 : (lossSum / items) * scale * scale;

const UNITS_OF_A_LOSS = 65536;

/** A mean cross-entropy in nats as the integer that a loss of N3 is. */
export const lossInUnits = (nats: number): number => Math.round((nats / Math.LN2) * UNITS_OF_A_LOSS);

const UNITS_OF_A_SQUARE = 16;

/** A mean squared error in real units as the integer that a loss of G11 is. @param scale of the output */
export const squaredErrorInUnits = (error: number, scale: number): number =>
  Math.round((error / (scale * scale)) * UNITS_OF_A_SQUARE);
