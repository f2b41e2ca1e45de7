import type { Fault } from '#libs/base/result';
import type { Refusal } from './flatbuffer/refusal';

/** One thing that is wrong with a file. `code` is one of the codes listed at `ImportError`. */
export interface ImportProblem extends Fault {
  /** The operator at fault: its position in the file, its kind and the name of its first output. */
  readonly operator?: { readonly index: number; readonly kind: string; readonly output: string };
  /** The tensor at fault, by its number in the file. */
  readonly tensor?: number;
}

/**
 * Why a file is refused, with every problem found; `code` is the first one's, `message` is one line that says all:
 *
 * - `tflite.too-short`, `tflite.not-tflite`, `tflite.unsupported-version`: another kind of file
 * - `tflite.truncated`: something points past the end of the file
 * - `tflite.corrupt`: the tables contradict each other
 * - `tflite.too-large`: more than a limit of `ImportLimits`
 * - `tflite.unsupported-operator`, `tflite.unsupported-type`, `tflite.unsupported-option`: beyond what Fleetlearn compiles
 * - `tflite.unsupported-float`: float32 values elsewhere than at the boundary of an int8 model
 * - `tflite.bad-shape`, `tflite.bad-quantization`, `tflite.bad-buffer`: a tensor does not suit its use
 * - `tflite.inconsistent`: the operators do not fit together (`checkGraph`)
 */
export interface ImportError extends Fault {
  readonly problems: readonly ImportProblem[];
}

/** Problems listed in one answer; a file with more is beyond repair one by one. */
const LISTED_PROBLEMS = 256;

/** Collects the problems of one file. */
export class Problems {
  private readonly listed: ImportProblem[] = [];
  private readonly known = new Set<string>();
  private readonly notes = new Set<string>();
  private count = 0;

  add(problem: ImportProblem): void {
    this.count += 1;
    if (this.listed.length < LISTED_PROBLEMS) this.listed.push(problem);
  }

  /** A refusal, with where it happened put before what happened. */
  addRefusal(refusal: Refusal, operator?: NonNullable<ImportProblem['operator']>): void {
    const { code, tensor } = refusal;
    // What is wrong with a tensor in itself is said once, not for each operator that touches it.
    if (tensor !== undefined) {
      const isKnown = this.known.has(refusal.message);
      this.known.add(refusal.message);
      if (isKnown) return;
    }
    const place = operator
      ? `operator ${operator.index}, ${operator.kind} making ${quoted(operator.output)}: `
      : '';
    this.add({
      code,
      message: place + refusal.message,
      ...(operator && { operator }),
      ...(tensor !== undefined && { tensor }),
    });
  }

  /** Something that helps with several problems; said once, at the end. */
  note(text: string): void {
    this.notes.add(text);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** The error, or undefined where nothing was wrong. */
  toError(): ImportError | undefined {
    const [first] = this.listed;
    if (first === undefined) return undefined;
    return { code: first.code, message: this.summary(), problems: this.listed };
  }

  /** One line that says everything. */
  private summary(): string {
    const notes = [...this.notes].map((note) => `; ${note}`).join('');
    if (this.count === 1) return this.listed.map((problem) => problem.message + notes).join();
    const spelt = this.listed.map((problem, i) => `(${i + 1}) ${problem.message}`).join('; ');
    const rest = this.count - this.listed.length;
    return `${this.count} problems: ${spelt}${rest > 0 ? `; and ${rest} more` : ''}${notes}`;
  }
}

/** Text of a file for a message: quoted, on one line, and cut where it is long. */
export const quoted = (text: string): string => {
  const printable = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return `"${printable.length > 80 ? `${printable.slice(0, 79)}…` : printable}"`;
};
