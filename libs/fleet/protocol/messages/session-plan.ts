import { choice, type Field, numbers, uint } from '../fields';
import { MAX_LOSS, MAX_PASSES } from '../limits';

/** What a pass meets (NUMERICS N9): every item once, or every class as often as any other. */
export type ItemOrder = 'shuffled' | 'balanced';
export const ITEM_ORDERS: Readonly<Record<ItemOrder, number>> = { shuffled: 0, balanced: 1 };

export const itemOrder = (key: number): Field<ItemOrder> => choice(key, ITEM_ORDERS);

/** When a session may end before its last pass (NUMERICS N11). Losses are means of a pass, 1/65536 bit. */
export interface StopRule {
  /** It ends after a pass with a smaller loss; 0: never. */
  readonly belowLoss: number;
  /** It ends after so many passes in a row without progress; 0: never. */
  readonly patience: number;
  /** Progress: a loss at least so much smaller than the smallest before. */
  readonly leastFall: number;
}

export const stopRule = (key: number): Field<StopRule> =>
  numbers<StopRule>(key, {
    belowLoss: uint(key, MAX_LOSS),
    patience: uint(key, MAX_PASSES),
    leastFall: uint(key, MAX_LOSS),
  });

/** Why a session made no further pass: all were made; the loss was small enough, or no longer fell; or the guard gave up. */
export type SessionEnd = 'passes' | 'lowLoss' | 'noProgress' | 'guard';
export const SESSION_ENDS: Readonly<Record<SessionEnd, number>> = {
  passes: 0,
  lowLoss: 1,
  noProgress: 2,
  guard: 3,
};

export const sessionEnd = (key: number): Field<SessionEnd> => choice(key, SESSION_ENDS);

/** How many values came to the end of their range (NUMERICS N13). */
export interface Saturated {
  readonly weights: number;
  readonly headWeights: number;
  readonly biases: number;
}

export const saturated = (key: number): Field<Saturated> =>
  numbers<Saturated>(key, { weights: uint(key), headWeights: uint(key), biases: uint(key) });
