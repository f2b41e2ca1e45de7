/**
 * A model's classes, replaced or added to: a new head on the same backbone.
 *
 * Owns: what a head may be asked to be (`newHeadOf`), the first weights of a class that nothing was learnt of (`freshRows`), and
 * the exchange (`withNewHead`).
 * Invariant: everything before the head stays, and what comes out can be trained.
 */
export { type HeadFault, type HeadFaultCode, headFault } from './head-fault';
export { type HeadWish, MOST_CLASSES, type NewHead, newHeadOf } from './head-wish';
export { freshRows, type Features, type FreshRows } from './fresh-rows';
export { denseHeadOf } from './dense-head';
export { withNewHead } from './new-head';
