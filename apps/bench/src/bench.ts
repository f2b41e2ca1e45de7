/** A measurement that can be run by name; `words` are what was typed after the name. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Options, one a line. */
  readonly usage: string;
  /** Throws `BenchError` where it can't be done here. */
  run(words: readonly string[], print: (text: string) => void): Promise<void>;
}

/** A reason why a bench can't run, as a sentence for its user; shown without a stack trace. */
export class BenchError extends Error {}
