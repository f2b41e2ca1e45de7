/** What steps of many schemes would take, for the search. */
import { unwrap } from '#libs/base/result';
import { KnownStretches } from '#libs/firmware/planner';
import type { GradientStorage, Graph } from '#libs/model/ir';
import { narrowGradients, poolGradients, runPasses, trainingGraph } from '#libs/model/passes';
import { type Peak, schemeId, type SparseScheme } from '#libs/model/scheme';
import { bestCut } from './frozen-prefix';
import type { StepRequest } from './plan-training';
import { type Form, formsOf, StepOutlook } from './step-outlook';

/** Most steps that are asked about come near the budget: what needs less than this part of it is no matter to them. */
const NEAR = 0.8;

/** What is known of the steps of schemes, for any budget. */
export class PlannedPeaks {
  private readonly outlooks = new Map<number, StepOutlook>();
  /** Of all steps so far. */
  readonly known = new KnownStretches();

  /** @param wishes of the steps, as `planStep` is asked for them */
  constructor(
    private readonly inference: Graph,
    private readonly wishes: Pick<StepRequest, 'cache' | 'gradients'> = {},
  ) {}

  /**
   * The peak of a step planned for `budgetBytes`, or a lower bound of it that is above the budget already.
   * Throws for a scheme that the graph can't train.
   */
  peak(scheme: SparseScheme, budgetBytes: number): Peak {
    const near = this.outlook(scheme, budgetBytes * NEAR).peak(budgetBytes);
    // What fits with much to spare is asked about once more, for how much that is.
    const isFar = near.likelyBytes <= budgetBytes * NEAR;
    return isFar ? this.outlook(scheme, 0).peak(budgetBytes) : near;
  }

  /** @param aboveBytes exact from there on */
  private outlook(scheme: SparseScheme, aboveBytes: number): StepOutlook {
    const id = schemeId(scheme);
    const known = this.outlooks.get(id);
    if (known && known.aboveBytes <= aboveBytes) return known;
    const outlook = new StepOutlook(this.formsOf(scheme), this.known, aboveBytes);
    this.outlooks.set(id, outlook);
    return outlook;
  }

  /** With gradients that take least first. */
  private formsOf(scheme: SparseScheme): readonly Form[] {
    const { cache, gradients = 'int16' } = this.wishes;
    const training = unwrap(trainingGraph(this.inference, scheme));
    const storages: readonly GradientStorage[] = gradients === 'auto' ? ['int8', 'int16'] : [gradients];
    return storages.flatMap((storage) => {
      const narrow = storage === 'int8' ? [narrowGradients] : [];
      const step = runPasses(training, [poolGradients, ...narrow]);
      return formsOf(step, cache && bestCut(this.inference, step, cache));
    });
  }
}
