import { at, type Result } from '#libs/base/result';
import { type Board, boardWith, sramBytesOf } from '#libs/firmware/boards';
import type { InferenceProgram } from '#libs/firmware/program';
import { build, type Build, openEngine, type TargetName, timeInference } from '#libs/firmware/toolchain';
import { orThrow, shop } from '../compile-model';
import type { GoldenModel } from './golden-models';

/** What a linked inference takes and does. */
export interface Measurement {
  readonly sramBytes: number;
  readonly stackBytes: number;
  readonly flashBytes: number;
  readonly instructions: number | undefined;
  readonly nsPerInference: number | undefined;
  /** Golden cases whose outputs came out, bit for bit. */
  readonly exactCases: number;
  readonly cases: number;
}

export interface Place {
  readonly target: TargetName;
  readonly board: Board;
}

/** Builds a model's inference for a place and runs it there on all golden inputs. */
export async function measure(
  golden: GoldenModel,
  { model, parameters }: InferenceProgram,
  { target, board }: Place,
): Promise<Measurement> {
  const roomy = orThrow(withAllMemory(board));
  const built = orThrow(await build(shop, { program: 'inference', target, board: roomy, model, parameters }));
  const { staticRamBytes, stackBytes, flashBytes } = built.footprint;
  return {
    sramBytes: staticRamBytes,
    stackBytes,
    flashBytes,
    ...(await runCases(golden, built)),
    cases: golden.cases.length,
  };
}

async function runCases({ cases }: GoldenModel, built: Build) {
  const isArm = built.target === 'arm';
  const engine = openEngine(shop, built);
  const result = orThrow(await engine.forward({ inputs: cases.map(({ input }) => input) }));
  const exact = cases.filter(({ output }, index) => Buffer.from(output).equals(at(result.outputs, index)));
  const [first] = cases;
  return {
    exactCases: exact.length,
    instructions: result.instructions,
    nsPerInference: isArm || first === undefined ? undefined : await timeInference(engine, first.input),
  };
}

/** Peers are not held to a budget either. */
const withAllMemory = (board: Board): Result<Board> =>
  boardWith(board, { sramBytes: sramBytesOf(board), flashBytes: board.memory.flash.bytes });
