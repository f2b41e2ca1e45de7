/**
 * Explains a plan: a picture of what lies where in the arena, call by call.
 *
 * Owns: which rows of a map are alive when, derived from the schedule and the operators, and how that is drawn. It decides nothing.
 * Invariant: the same plan gives the same text; names of a model reach the picture escaped.
 *
 * @example
 * writeFileSync('plan.svg', planPicture(graph, plan, { budgetBytes: arenaBudget(board) }));
 */
export { type Life, livesOf } from './lives';
export { type PictureOptions, planPicture, segmentsSaid } from './plan-picture';
