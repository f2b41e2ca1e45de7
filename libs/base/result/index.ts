/**
 * Errors that can happen are values. A function that may refuse returns `Result`; the world's faults (disk, broker,
 * compiler) are thrown and caught at the job, request or message edge; our own mistakes assert.
 *
 * @example
 * const graph = importTflite(bytes);
 * if (!graph.ok) return graph; // the caller sees `graph.error.code`
 * use(graph.value);
 */
export type Result<T, E extends Fault = Fault> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** An expected refusal. `code` is stable and listed (tests match it); `message` says what, where, which limit, what to do. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E extends Fault>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/** A plain fault; richer ones are their own interfaces extending `Fault`. */
export const fault = <C extends string>(
  code: C,
  message: string,
): { readonly code: C; readonly message: string } => ({
  code,
  message,
});

/** The value, or a thrown error: only where a refusal is our own mistake (tests, values checked before). */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`);
}

/** Asserts our own invariant; crashes the unit of work loudly. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/** The element at `index`, or a loud crash: for indices that the caller has made valid. */
export function at<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`index ${index} outside 0..${items.length - 1}`);
  return item;
}

/** Compile-time proof that a union was handled in full. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
