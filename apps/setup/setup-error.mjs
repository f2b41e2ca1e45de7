/** A set-up fault with a message that tells the reader what to do; shown without a stack trace. */
export class SetupError extends Error {}
