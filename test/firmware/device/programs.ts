import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { build, type Build, type BuildRequest, loadBoard, NO_MODEL } from '#libs/firmware/toolchain';
import { testWorkshop } from '#test/support/harness';
import { PERCEPTRON } from './perceptron';

/** The hand-written model, as if it had been generated. */
export function perceptronModel(): GeneratedModel {
  const read = (name: string): string =>
    readFileSync(join(testWorkshop.templates, 'test', 'perceptron', name), 'utf8');
  const { inputs, classes, layout, scheme, parameterBytes } = PERCEPTRON;
  const bytes = { stateBytes: 108, deltaBytes: 108 };
  return {
    files: ['model_config.h', 'model.c'].map((path) => ({ path, text: read(path) })),
    facts: {
      name: 'perceptron',
      arenaBytes: 512,
      inputs: [],
      outputs: [],
      inputsInArena: false,
      calls: [],
      scratchBytes: 0,
      inputBytes: inputs,
      outputOffset: 0,
      outputBytes: 4 * classes,
      parameterBytes,
      layout,
      training: {
        objective: 'classify',
        classes,
        labels: classes,
        scheme,
        gradients: 'int16',
        mantissaBits: 14,
        variables: 2,
        ...bytes,
      },
    },
    writes: [],
  };
}

export interface Programs {
  readonly wasm: Uint8Array;
  readonly enrolWasm: Uint8Array;
}

/** The device programs around the perceptron, by the real toolchain. */
export async function devicePrograms(): Promise<Programs> {
  const model = perceptronModel();
  const [wasm, enrolWasm] = await Promise.all([
    buildDevice({ program: 'device', target: 'wasm', model }),
    buildDevice({ program: 'enrol', target: 'wasm', model: NO_MODEL }),
  ]);
  return { wasm: wasm.binary, enrolWasm: enrolWasm.binary };
}

/** One of them, with what the linked file says of itself. */
export async function buildDevice(
  request: Pick<BuildRequest, 'program' | 'target' | 'model'>,
  boardName = 'virtual-m4',
): Promise<Build> {
  const board = unwrap(await loadBoard(testWorkshop, boardName));
  return unwrap(await build(testWorkshop, { ...request, board }));
}
