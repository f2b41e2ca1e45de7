import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import type { Plan } from '#libs/firmware/planner';
import { inferenceGraph, stepProgram } from '#libs/firmware/program';
import {
  build,
  type Build,
  loadBoard,
  type ProgramName,
  type TargetName,
  workshop,
} from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { schemeLadder, type SparseScheme } from '#libs/model/scheme';
import { BenchError } from './bench';
import { repositoryRoot } from './repository';

/** The compilers of this machine; what was built is kept. */
export const shop = workshop({
  templates: join(repositoryRoot, 'firmware-templates'),
  cache: join(repositoryRoot, '.fleetlearn', 'build'),
});

/** The model that the demo's devices begin with: trained on synthetic voices only. */
export const FACTORY_MODEL = join(repositoryRoot, 'apps', 'demo', 'model', 'kws-digits.tflite');

/** A model file in the normal form. */
export const readInference = (path: string): Graph =>
  orThrow(inferenceGraph(readFileSync(path), basename(path, '.tflite')));

/** What "sparse", "last" and "full" stand for, and every scheme of the model by its own name. */
export function schemeCalled(inference: Graph, name: string): SparseScheme {
  const ladder = schemeLadder(inference);
  const wanted = name === 'sparse' ? DATA_SPARSE : name;
  const scheme = ladder.find((each) => each.name === wanted);
  if (scheme) return scheme;
  const names = ladder.map((each) => each.name).join(', ');
  throw new BenchError(`There is no scheme "${name}"; there are: sparse, ${names}.`);
}

/** The anchors' sparse scheme: biases of the last three blocks and each one's first pointwise weights. */
const DATA_SPARSE = 'sparse-b4';

export interface CompileRequest {
  readonly inference: Graph;
  readonly scheme: SparseScheme;
  readonly board: Board;
  readonly target: TargetName;
  readonly program: ProgramName;
}

export interface CompiledModel {
  readonly plan: Plan;
  readonly build: Build;
  readonly parameters: Uint8Array;
}

/** From a graph to a program around its training step. */
export async function compileModel({
  inference,
  scheme,
  board,
  target,
  program,
}: CompileRequest): Promise<CompiledModel> {
  const { plan, model } = orThrow(stepProgram(inference, scheme));
  const built = orThrow(await build(shop, { program, target, board, model }));
  return { plan, build: built, parameters: packParameters(inference) };
}

export const boardCalled = async (name: string): Promise<Board> => orThrow(await loadBoard(shop, name));

/** The value, or the refusal as a sentence for the user. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new BenchError(`${result.error.code}: ${result.error.message}`);
}
