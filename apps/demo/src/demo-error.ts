/** A reason why the demo can't go on that its user should read as a sentence; shown without a stack trace. */
export class DemoError extends Error {}
