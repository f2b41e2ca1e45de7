import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { build, type Build, type TargetName, type Workshop } from '#libs/firmware/toolchain';
import type { CompiledProgram } from './compiled-program';

/** The ELF of a board, and a WebAssembly module where the board is a virtual one. */
export async function linkImages(
  shop: Workshop,
  { model, parameters, scheme }: CompiledProgram,
  board: Board,
): Promise<Result<readonly Build[]>> {
  const program = scheme === undefined ? 'inference' : 'device';
  const targets: readonly TargetName[] = board.runs === 'wasm' ? ['arm', 'wasm'] : ['arm'];
  const builds: Build[] = [];
  for (const target of targets) {
    const built = await build(shop, {
      program,
      target,
      board,
      model,
      ...(program === 'inference' && { parameters }),
    });
    if (!built.ok) return built;
    builds.push(built.value);
  }
  return ok(builds);
}
