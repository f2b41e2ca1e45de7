import type { Fault } from '#libs/base/result';

/**
 * Why reading or writing stops, thrown inside this library and turned into a returned fault at its front door:
 * a codec over hostile bytes has too many places that may refuse for each to hand a result upwards.
 */
export class Refusal extends Error implements Fault {
  constructor(
    readonly code: string,
    message: string,
    /** The tensor at fault, by its number in the file. */
    readonly tensor?: number,
  ) {
    super(message);
  }
}

/** The refusal itself; any other error is a fault of ours and goes on. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}
