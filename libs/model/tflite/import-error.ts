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
 * Why a file is refused, with every problem found (of an operator or a tensor, its first); `code` is the first one's:
 *
 * - `tflite.too-short`, `tflite.not-tflite`, `tflite.unsupported-version`: another kind of file
 * - `tflite.truncated`: something points past the end of the file
 * - `tflite.corrupt`: the tables contradict each other
 * - `tflite.too-large`: more than a limit of `ImportLimits`
 * - `tflite.unsupported-operator`, `tflite.unsupported-type`, `tflite.unsupported-option`: beyond what Fleetlearn compiles
 * - `tflite.bad-shape`, `tflite.bad-quantization`, `tflite.bad-buffer`: a tensor does not suit its use
 * - `tflite.inconsistent`: the operators do not fit together (`checkGraph`)
 */
export interface ImportError extends Fault {
  readonly problems: readonly ImportProblem[];
}

/** Problems listed in one answer; a file with more is beyond repair one by one. */
const LISTED_PROBLEMS = 64;

/** Collects the problems of one file. */
export class Problems {
  private readonly listed: ImportProblem[] = [];
  private count = 0;

  add(problem: ImportProblem): void {
    this.count += 1;
    if (this.listed.length < LISTED_PROBLEMS) this.listed.push(problem);
  }

  /** A refusal, with where it happened put before what happened. */
  addRefusal(refusal: Refusal, operator?: NonNullable<ImportProblem['operator']>): void {
    const { code, tensor } = refusal;
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

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** The error, or undefined where nothing was wrong. */
  toError(): ImportError | undefined {
    const [first] = this.listed;
    if (first === undefined) return undefined;
    const others = this.count - 1;
    const more = others === 0 ? '' : ` (and ${others} more problem${others === 1 ? '' : 's'})`;
    return { code: first.code, message: first.message + more, problems: this.listed };
  }
}

/** Text of a file for a message: quoted, and cut where it is long. */
export const quoted = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
