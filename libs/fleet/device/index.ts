/**
 * A device as the server sees it: whether it belongs to the fleet, and whether it has a program for the fleet's model.
 *
 * Owns: the two tables and the reducer over them.
 * Invariant: a status changes only as its table allows; a retired device stays retired.
 *
 * @example
 * const next = stepDevice(state, { kind: 'doesNotFit', reason: 'needs 196 KB, has 128 KB' });
 * if (next.ok) save(next.value);
 */
export * from './device';
