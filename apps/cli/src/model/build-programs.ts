import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { generate, type GeneratedModel, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { build, type Build, type TargetName, type Workshop } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { planTraining, type TrainingPlan } from './plan-training';

/** A model made ready for a board. */
export interface Programs {
  readonly planned: TrainingPlan;
  readonly model: GeneratedModel;
  /** The ELF, and a WebAssembly module where the board is a virtual one. */
  readonly builds: readonly Build[];
  readonly parameters: Uint8Array;
}

/** From a model to linked programs that were found to fit. */
export async function buildPrograms(
  shop: Workshop,
  inference: Graph,
  board: Board,
): Promise<Result<Programs>> {
  const planned = planTraining(inference, board);
  if (!planned.ok) return planned;
  const { training: graph, plan } = planned.value;
  const model = generate({ graph, plan, layout: parameterLayout(inference) });
  if (!model.ok) return model;
  const targets: readonly TargetName[] = board.runs === 'wasm' ? ['arm', 'wasm'] : ['arm'];
  const builds: Build[] = [];
  for (const target of targets) {
    const built = await build(shop, { program: 'device', target, board, model: model.value });
    if (!built.ok) return built;
    builds.push(built.value);
  }
  return ok({ planned: planned.value, model: model.value, builds, parameters: packParameters(inference) });
}
