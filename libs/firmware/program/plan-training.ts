import { ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import { type Plan, placeAll, type PlanRequest } from '#libs/firmware/planner';
import {
  type GradientStorage,
  type Graph,
  ruleOf,
  tensorBytes,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import {
  compactGradients,
  compactGradientsBut,
  narrowGradients,
  poolGradients,
  runPasses,
  trainingGraph,
} from '#libs/model/passes';
import { schemeLadder, type SparseScheme } from '#libs/model/scheme';
import {
  bestCut,
  type FeatureRoom,
  plannedPrefix,
  type PlannedPrefix,
  savesTime,
  type StepCut,
} from './frozen-prefix';
import { formsOf, StepOutlook } from './step-outlook';

/** The training step of a scheme, with a place for everything. */
export interface PlannedStep {
  readonly scheme: SparseScheme;
  /** The whole step; what is left of it behind a prefix. */
  readonly training: Graph;
  readonly plan: Plan;
  /** What a session runs once a sample instead of in every step; absent: nothing. */
  readonly prefix?: PlannedPrefix;
}

/** The arena of a session: the prefix is done with it when the step begins. */
export const arenaBytesOf = ({ plan, prefix }: Pick<PlannedStep, 'plan' | 'prefix'>): number =>
  Math.max(plan.peakBytes, prefix?.plan.peakBytes ?? 0);

/** How long to look for a better plan; nothing given: as long as pays. */
type PlanEffort = Pick<PlanRequest, 'tries' | 'looks' | 'known'>;

/** A budget: what does not fit as it is runs row by row or by channels where that helps. None: everything whole. */
type PlanBudget = Partial<Pick<PlanRequest, 'optimize' | 'budgetBytes'>>;

/** As what gradients are stored; `auto`: int16 where that fits the budget, otherwise what takes less. */
export type GradientChoice = GradientStorage | 'auto';

export interface StepRequest extends PlanEffort, PlanBudget {
  /** Default: int16, because int8 learns other bytes: all else in a request changes time and memory alone. */
  readonly gradients?: GradientChoice | undefined;
  /** What sessions can keep beside a sample; absent: nothing, so every step runs the whole network. */
  readonly cache?: FeatureRoom | undefined;
}

/** Of tensors that `compact` does without: no call can need less by more than that. */
function bytesGone(training: Graph, compact: Graph): number {
  const usedIn = (graph: Graph): ReadonlySet<TensorId> =>
    new Set(graph.ops.flatMap((op) => [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)]));
  const left = usedIn(compact);
  return [...usedIn(training)]
    .filter((id) => !left.has(id))
    .reduce((sum, id) => sum + tensorBytes(tensorOf(training, id)), 0);
}

type Placed = Pick<PlannedStep, 'training' | 'plan'>;

/** Good enough for the lower bound. */
const AT_ONCE = { tries: 0, looks: 0 } as const;

const scalesOf = ({ ops }: Graph): readonly string[] =>
  ops.filter(({ kind }) => kind === 'scaleGradient').map(({ name }) => name);

/** With as many gradients stored again as there is room for, in the order in which they are made: each made anew costs instructions. */
function fewestMadeAnew(training: Graph, compact: Placed, request: PlanEffort & PlanBudget): Placed {
  const { budgetBytes = Infinity } = request;
  const kept = new Set(scalesOf(compact.training));
  let [stored, best] = [new Set<string>(), compact.training];
  for (const name of scalesOf(training).filter((each) => !kept.has(each))) {
    const more = new Set([...stored, name]);
    const graph = runPasses(training, [compactGradientsBut(more)]);
    if (placeAll(graph, { ...request, ...AT_ONCE }).lowerBoundBytes > budgetBytes) continue;
    [stored, best] = [more, graph];
  }
  if (stored.size === 0) return compact;
  const plan = placeAll(best, request);
  return plan.peakBytes <= budgetBytes ? { training: best, plan } : compact;
}

/**
 * A step as it is, or, where memory counts (`ram`, or over the budget) and that takes less, with its gradients made anew
 * instead of stored (`compactGradients`), with a budget as few as will do: that is slower, and learns the same.
 */
function placed(training: Graph, request: PlanEffort & PlanBudget): Placed {
  const plan = placeAll(training, request);
  const { optimize, budgetBytes = Infinity } = request;
  if (optimize === undefined || (optimize === 'speed' && plan.peakBytes <= budgetBytes))
    return { training, plan };
  const compact = runPasses(training, [compactGradients]);
  if (plan.lowerBoundBytes - bytesGone(training, compact) > budgetBytes) return { training, plan };
  const other = { training: compact, plan: placeAll(compact, request) };
  if (other.plan.peakBytes >= plan.peakBytes) return { training, plan };
  const hasRoom = optimize === 'speed' && other.plan.peakBytes <= budgetBytes && request.tries !== 0;
  return hasRoom ? fewestMadeAnew(training, other, request) : other;
}

/**
 * The step of a scheme, placed as tightly as can be, whatever the budget. With a `cache`, what is frozen before the first trained layer
 * goes into a prefix where that saves time, or memory that is short; what saves time but does not fit gives way to what does.
 */
export function planStep(
  inference: Graph,
  scheme: SparseScheme,
  { gradients = 'int16', ...request }: StepRequest = {},
): Result<PlannedStep> {
  const training = trainingGraph(inference, scheme);
  if (!training.ok) return training;
  const stored = (as: GradientStorage): PlannedStep => {
    const step = runPasses(training.value, [poolGradients, ...(as === 'int8' ? [narrowGradients] : [])]);
    return { scheme, ...placedWithPrefix(inference, step, request) };
  };
  if (gradients !== 'auto') return ok(stored(gradients));
  const { budgetBytes = Infinity } = request;
  const wide = stored('int16');
  if (arenaBytesOf(wide) <= budgetBytes) return ok(wide);
  const narrow = stored('int8');
  return ok(arenaBytesOf(narrow) < arenaBytesOf(wide) ? narrow : wide);
}

/** Where the quicker ways do not fit a budget, the first way that does, however slow. */
function placedWithPrefix(
  inference: Graph,
  step: Graph,
  { cache, ...request }: Omit<StepRequest, 'gradients'>,
): Omit<PlannedStep, 'scheme'> {
  const cut = cache && bestCut(inference, step, cache);
  const quickest = quickestPlaced(step, cut, request);
  const { optimize, budgetBytes = Infinity, tries, known } = request;
  if (optimize === undefined || tries === 0 || arenaBytesOf(quickest) <= budgetBytes) return quickest;
  return new StepOutlook(formsOf(step, cut), known, budgetBytes).placed(budgetBytes) ?? quickest;
}

function quickestPlaced(
  step: Graph,
  cut: StepCut | undefined,
  request: PlanEffort & PlanBudget,
): Omit<PlannedStep, 'scheme'> {
  const whole = (): Omit<PlannedStep, 'scheme'> => placed(step, request);
  if (!cut) return whole();
  const apart = (): Omit<PlannedStep, 'scheme'> => placedApart(cut, request);
  const [quicker, slower] = savesTime(step, cut) ? [apart, whole] : [whole, apart];
  const first = quicker();
  if (arenaBytesOf(first) <= (request.budgetBytes ?? Infinity)) return first;
  const second = slower();
  return arenaBytesOf(second) < arenaBytesOf(first) ? second : first;
}

function placedApart(
  { prefix, suffix }: StepCut,
  request: PlanEffort & PlanBudget,
): Omit<PlannedStep, 'scheme'> {
  const step = placed(suffix, request);
  return { ...step, prefix: plannedPrefix(prefix, step.plan.peakBytes, request) };
}

const within = (board: Board): PlanBudget => ({ optimize: 'speed', budgetBytes: arenaBudget(board) });

/** Every rung of the model's ladder, placed as for that board, or whole. Rungs can be trained, so nothing is refused. */
export const planLadder = (
  inference: Graph,
  board?: Board,
  { cache }: Pick<StepRequest, 'cache'> = {},
): readonly PlannedStep[] =>
  schemeLadder(inference).map((scheme) =>
    planRung(inference, scheme, { ...(board && within(board)), cache }),
  );

function planRung(inference: Graph, scheme: SparseScheme, request: StepRequest = {}): PlannedStep {
  const step = planStep(inference, scheme, request);
  if (!step.ok) throw new Error(`${scheme.name} is on the ladder, but: ${step.error.message}`);
  return step.value;
}
