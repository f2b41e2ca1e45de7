import { ok, type Result } from '#libs/base/result';
import {
  generate,
  type GeneratedModel,
  packParameters,
  parameterLayout,
  type ParameterUse,
} from '#libs/firmware/codegen';
import { type DoesNotFit, type KernelSet, type Plan, planMemory } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { dropConstantChannels, runPasses } from '#libs/model/passes';

/** What a plan is to be good at: the least memory, or the fewest kernel calls that fit the budget. */
export type Optimize = 'ram' | 'speed';

export interface InferenceOptions {
  /** Default: `speed`. Without a budget, that runs every operator whole. */
  readonly optimize?: Optimize;
  /** Bytes that the arena may take; absent: whatever it needs. */
  readonly budgetBytes?: number;
  /** The program asks for its inputs row by row, so that it never holds them whole (fl_model_read_input). */
  readonly inputRows?: boolean;
  /**
   * `dsp`: kernels for the DSP extension of Cortex-M4, M7 and M33, their constants proved for these parameters; `mve`: kernels
   * for the vector instructions of Cortex-M55, `mve-lean` those that take no more memory than plain ones. Default: plain.
   */
  readonly kernels?: KernelSet;
  /** Channels that are the same for every input are not computed; these parameters are then the only ones that fit. Default: no. */
  readonly dropConstant?: boolean;
}

/** A model's inference as text, its numbers beside it. Plain data. */
export interface InferenceProgram {
  /** The graph that the program runs. */
  readonly inference: Graph;
  readonly plan: Plan;
  readonly model: GeneratedModel;
  /** The parameter image. */
  readonly parameters: Uint8Array;
}

/**
 * The program that runs a model and nothing else: inputs lie in the arena, where they make room once they are read.
 * Refused: `plan.does-not-fit` (over `budgetBytes`), and as `generate` refuses.
 */
export function inferenceProgram(graph: Graph, options: InferenceOptions = {}): Result<InferenceProgram> {
  const inference = options.dropConstant ? runPasses(graph, [dropConstantChannels()]) : graph;
  const plan = planInference(inference, options);
  if (!plan.ok) return plan;
  const use = USES[options.kernels ?? 'plain'];
  const layout = parameterLayout(inference, use);
  const model = generate({ graph: inference, plan: plan.value, layout });
  if (!model.ok) return model;
  const parameters = packParameters(inference, use);
  return ok({ inference, plan: plan.value, model: model.value, parameters });
}

const USES = {
  plain: 'inference',
  dsp: 'linked-dsp',
  mve: 'linked-mve',
  'mve-lean': 'linked-mve-lean',
} as const satisfies Record<KernelSet, ParameterUse>;

/** There is a kernel that averages row by row. */
const ROWS = { inputsInArena: true, reduceByRows: true } as const;

/** What fits as it is is not searched for a way to make it smaller. */
function planInference(
  inference: Graph,
  { optimize = 'speed', budgetBytes = Infinity, inputRows = false, kernels = 'plain' }: InferenceOptions,
): Result<Plan, DoesNotFit> {
  if (optimize === 'speed' && !inputRows) {
    const whole = planMemory(inference, { ...ROWS, budgetBytes, kernels });
    if (whole.ok) return whole;
  }
  return planMemory(inference, { ...ROWS, optimize, budgetBytes, inputRows, kernels });
}
