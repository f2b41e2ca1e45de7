/**
 * What a campaign does next: rounds of training on a fleet, then one evaluation of what came out.
 *
 * Owns: the state machines of campaign, round and execution (CAMPAIGN.md draws them), the reducer over them, and which versions are worth
 * publishing.
 * Invariants: pure (no clock, no database, no broker); an event is applied, ignored as a repetition, or refused with a
 * code, never half; every state that is not final has a deadline, so nothing waits for ever.
 *
 * @example
 * const next = step(state, { kind: 'deltaStored', device }, clock.now());
 * if (next.ok) save(next.value.state), perform(next.value.effects);
 */
export * from './campaign';
export * from './event';
export * from './execution';
export * from './publishing';
export { deadlineOf, step, type Step, type Refusal } from './step';
