import type { Behaviour } from './behaviour';
import { killMidSession } from './kill-mid-session';
import { neverAnswers } from './never-answers';

/** What a device may do wrong, by the name that a description uses. */
export const BEHAVIOURS = { killMidSession, neverAnswers } as const satisfies Readonly<
  Record<string, Behaviour>
>;
export type BehaviourName = keyof typeof BEHAVIOURS;
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as readonly BehaviourName[];
export type { Behaviour, Stage } from './behaviour';
