/**
 * All ways in which a step can be placed, and the first of them that fits a budget: each question is answered by as little planning as will
 * do. A bound on the live bytes says that a step does not fit; a plan made at once mostly says that it does; only in between is a plan
 * looked for with all effort, until one fits.
 */
import { invariant } from '#libs/base/result';
import { type KnownStretches, Outlook, type Plan } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { compactGradients, runPasses } from '#libs/model/passes';
import type { Peak } from '#libs/model/scheme';
import type { PlannedPrefix, StepCut } from './frozen-prefix';

/** There is a kernel that averages row by row: prefixes use it. */
const BY_ROWS = { reduceByRows: true } as const;

/** A graph that a step may run, and what it runs once a sample. */
export interface Form {
  readonly step: Graph;
  readonly prefix?: Graph;
}

/** Behind a prefix before whole, gradients made anew before stored: those that take least memory first. */
export const formsOf = (step: Graph, cut: StepCut | undefined): readonly Form[] =>
  [...(cut ? [{ step: cut.suffix, prefix: cut.prefix }] : []), { step }].flatMap((form) => [
    { ...form, step: runPasses(form.step, [compactGradients]) },
    form,
  ]);

/** A step with a place for everything. */
export interface PlacedForm {
  readonly training: Graph;
  readonly plan: Plan;
  readonly prefix?: PlannedPrefix;
}

/** One way to place a step. */
class FormOutlook {
  private own: Outlook | undefined;
  private before: Outlook | undefined;

  constructor(
    readonly form: Form,
    private readonly known: KnownStretches | undefined,
    private readonly aboveBytes: number,
  ) {}

  get step(): Outlook {
    return (this.own ??= new Outlook(
      this.form.step,
      { ...(this.known && { known: this.known }) },
      this.aboveBytes,
    ));
  }

  get prefix(): Outlook | undefined {
    const { prefix } = this.form;
    if (prefix)
      this.before ??= new Outlook(
        prefix,
        { ...BY_ROWS, ...(this.known && { known: this.known }) },
        this.aboveBytes,
      );
    return this.before;
  }

  get boundBytes(): number {
    return Math.max(this.step.boundBytes, this.prefix?.boundBytes ?? 0);
  }

  peakAtOnce(): number {
    return Math.max(this.step.peakAtOnce(), this.prefix?.peakAtOnce() ?? 0);
  }

  peakWithin(budgetBytes: number): number {
    return Math.max(this.step.peakWithin(budgetBytes), this.prefix?.peakWithin(budgetBytes) ?? 0);
  }
}

/** Of what plans made at once take above their bound about so much is left by plans with all effort (mcunet_vww: .1 to .4). */
const LEFT_BY_EFFORT = 1 / 4;

/** All ways to place a step, those that take least memory first; made when they are asked for. */
export class StepOutlook {
  private readonly forms: readonly FormOutlook[];
  /** The least that is known to do, and the most that is known not to. */
  private peakBytes = Infinity;
  private failedBytes = 0;

  /** @param aboveBytes the least budget that will be asked about */
  constructor(
    forms: readonly Form[],
    known: KnownStretches | undefined,
    readonly aboveBytes: number,
  ) {
    this.forms = forms.map((form) => new FormOutlook(form, known, aboveBytes));
  }

  peak(budgetBytes: number): Peak {
    if (this.peakBytes > budgetBytes) {
      const bound = this.boundWithin(budgetBytes);
      if (bound > budgetBytes) return { peakBytes: bound, likelyBytes: bound, leastBytes: bound };
      if (!this.isTried(budgetBytes)) this.tryAll(budgetBytes);
    }
    const { peakBytes } = this;
    const [first] = this.forms;
    const leastBytes = Math.min(peakBytes, first?.step.boundBytes ?? peakBytes);
    const likelyBytes = peakBytes > budgetBytes ? peakBytes : Math.min(peakBytes, this.likelyBytes());
    return { peakBytes, likelyBytes, leastBytes };
  }

  /** The first way that fits; undefined: none does. */
  placed(budgetBytes: number): PlacedForm | undefined {
    if (this.peak(budgetBytes).peakBytes > budgetBytes) return undefined;
    const fitting = this.forms.find((form) => form.peakWithin(budgetBytes) <= budgetBytes);
    invariant(fitting, 'what fits has a form that does');
    const { form, step, prefix } = fitting;
    return {
      training: form.step,
      plan: step.planWithin(budgetBytes),
      ...(form.prefix && prefix && { prefix: { graph: form.prefix, plan: prefix.planWithin(budgetBytes) } }),
    };
  }

  private readonly isTried = (budgetBytes: number): boolean => budgetBytes <= this.failedBytes;

  /**
   * The lowest bound; one that is within the budget will do. No way's step needs less than that of the first: what comes before a prefix's
   * features, stored gradients and wider ones only add to it.
   */
  private boundWithin(budgetBytes: number): number {
    let least = Infinity;
    for (const { step, boundBytes } of this.forms) {
      least = Math.min(least, boundBytes);
      if (least <= budgetBytes || step.boundBytes > budgetBytes) break;
    }
    return least;
  }

  /** At once, then with all effort, until something fits; the ways that take more only where the first do not fit. */
  private tryAll(budgetBytes: number): void {
    for (const form of this.forms) {
      if (form.boundBytes > budgetBytes) continue;
      this.peakBytes = Math.min(this.peakBytes, form.peakWithin(budgetBytes));
      if (this.peakBytes <= budgetBytes) return;
    }
    this.failedBytes = budgetBytes;
  }

  private likelyBytes(): number {
    const [form] = this.forms;
    if (!form) return Infinity;
    const { boundBytes } = form;
    return Math.ceil(boundBytes + (form.peakAtOnce() - boundBytes) * LEFT_BY_EFFORT);
  }
}
