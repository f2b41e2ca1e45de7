import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import { type TrainingProgram, trainingProgram } from '#libs/firmware/program';
import { build, type Build, type TargetName, type Workshop } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';

/** A model made ready for a board. */
export interface Programs {
  readonly program: TrainingProgram;
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
  const program = trainingProgram(inference, board);
  if (!program.ok) return program;
  const { model } = program.value;
  const targets: readonly TargetName[] = board.runs === 'wasm' ? ['arm', 'wasm'] : ['arm'];
  const builds: Build[] = [];
  for (const target of targets) {
    const built = await build(shop, { program: 'device', target, board, model });
    if (!built.ok) return built;
    builds.push(built.value);
  }
  return ok({ program: program.value, builds, parameters: packParameters(inference) });
}
