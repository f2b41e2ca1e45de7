import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import { type Board, boardWith } from '#libs/firmware/boards';
import {
  generate,
  type GeneratedModel,
  packParameters,
  parameterLayout,
  type ParameterUse,
} from '#libs/firmware/codegen';
import { placeAll } from '#libs/firmware/planner';
import { build, type Build, loadBoard, type TargetName, workshop } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';

/** Of the sources; from `dist` it is one folder further up. */
const ROOT =
  [resolve(__dirname, '../..'), resolve(__dirname, '../../..')].find((folder) =>
    existsSync(resolve(folder, 'package.json')),
  ) ?? '.';

/** The real compilers; objects are kept between test runs. */
export const testWorkshop = workshop({
  templates: resolve(ROOT, 'firmware-templates'),
  cache: resolve(ROOT, 'node_modules/.fleetlearn/firmware'),
});

/** A model ready to be built, and the parameter image that goes with it. */
export interface Prepared {
  readonly model: GeneratedModel;
  readonly parameters: Uint8Array;
}

/** @param graph the graph to run: `inference` itself, or a training graph made from it */
export function prepare(graph: Graph, inference: Graph, use: ParameterUse = 'training'): Prepared {
  const layout = parameterLayout(inference, use);
  return {
    model: unwrap(generate({ graph, plan: placeAll(graph), layout })),
    parameters: packParameters(inference, use),
  };
}

export interface HarnessOptions {
  readonly sanitize?: boolean;
  /** Default: no. With it, a call that changes what is not its own ends the job with a fault. */
  readonly trace?: boolean;
  /** Default: 4 MB, so that nothing but the budget tests is about budgets. */
  readonly sramBytes?: number;
}

export async function emulatedBoard(sramBytes = 4 * 1024 * 1024): Promise<Board> {
  return unwrap(boardWith(unwrap(await loadBoard(testWorkshop, 'mps2-an386')), { sramBytes }));
}

/** The harness around a model, for one engine. */
export async function buildHarness(
  target: TargetName,
  model: GeneratedModel,
  options: HarnessOptions = {},
): Promise<Build> {
  const board = await emulatedBoard(options.sramBytes);
  return unwrap(
    await build(testWorkshop, {
      program: 'harness',
      target,
      board,
      model,
      sanitize: options.sanitize ?? false,
      trace: options.trace ?? false,
    }),
  );
}
