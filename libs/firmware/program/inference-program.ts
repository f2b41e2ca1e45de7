import { ok, type Result } from '#libs/base/result';
import { generate, type GeneratedModel, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { type Plan, placeAll, planMemory } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';

/** What a plan is to be good at. Both give the same one until rows can be streamed. */
export type Optimize = 'ram' | 'speed';

export interface InferenceOptions {
  readonly optimize?: Optimize;
  /** Bytes that the arena may take; absent: whatever it needs. */
  readonly budgetBytes?: number;
}

/** A model's inference as text, its numbers beside it. Plain data. */
export interface InferenceProgram {
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
export function inferenceProgram(
  inference: Graph,
  { budgetBytes }: InferenceOptions = {},
): Result<InferenceProgram> {
  const plan =
    budgetBytes === undefined
      ? ok(placeAll(inference, { inputsInArena: true }))
      : planMemory(inference, { inputsInArena: true, budgetBytes });
  if (!plan.ok) return plan;
  const layout = parameterLayout(inference, 'inference');
  const model = generate({ graph: inference, plan: plan.value, layout });
  if (!model.ok) return model;
  const parameters = packParameters(inference, 'inference');
  return ok({ inference, plan: plan.value, model: model.value, parameters });
}
