import { renderPlan } from '#libs/firmware/planner';
import { type Build, certificateText } from '#libs/firmware/toolchain';
import { dumpGraph } from '#libs/model/ir';
import type { Files } from '../files/write-files';
import type { CompiledProgram } from './compiled-program';

const FILE_ENDINGS = { arm: 'elf', wasm: 'wasm', native: 'bin' } as const;

/** The programs and all that they were made from. */
export function imageFiles(
  { graph, plan, prefix, model, parameters }: CompiledProgram,
  builds: readonly Build[],
): Files {
  return new Map<string, string | Uint8Array>([
    ...builds.map(({ target, binary }) => [`program.${FILE_ENDINGS[target]}`, binary] as const),
    ['parameters.bin', parameters],
    ...model.files.map(({ path, text }) => [path, text] as const),
    ['graph.txt', dumpGraph(graph)],
    ['plan.txt', renderPlan(graph, plan)],
    ...(prefix
      ? ([
          ['prefix-graph.txt', dumpGraph(prefix.graph)],
          ['prefix-plan.txt', renderPlan(prefix.graph, prefix.plan)],
        ] as const)
      : []),
    ...builds.flatMap(({ fit }) =>
      fit
        ? ([
            ['certificate.json', `${JSON.stringify(fit, null, 2)}\n`],
            ['certificate.txt', `${certificateText(fit)}\n`],
          ] as const)
        : [],
    ),
  ]);
}
