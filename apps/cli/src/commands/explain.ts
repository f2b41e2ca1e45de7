import { ok } from '#libs/base/result';
import { grouped } from '#libs/base/table';
import { arenaBudget } from '#libs/firmware/boards';
import { planPicture, segmentsSaid } from '#libs/firmware/explain';
import { renderPlan } from '#libs/firmware/planner';
import { type PlannedPrefix, roomOn } from '#libs/firmware/program';
import { dumpGraph } from '#libs/model/ir';
import type { CompiledProgram } from '../build/compiled-program';
import { requestedProgram } from '../build/requested-program';
import { defineCommand } from '../command';
import { inFolder, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { prefixText } from '../model/prefix-facts';
import { kernelsOf } from '../model/fitting-program';
import {
  boardOption,
  inputRowsOption,
  modelWord,
  objectiveOption,
  optimizeOption,
  outFolderOption,
  sramOption,
  trainOption,
} from './shared-parameters';

export const explain = defineCommand({
  name: 'explain',
  summary: 'Draws where everything lies in the SRAM of a board while a model runs, call by call.',
  words: [modelWord],
  options: {
    board: boardOption,
    sram: sramOption,
    optimize: optimizeOption,
    'input-rows': inputRowsOption,
    objective: objectiveOption,
    train: {
      ...trainOption,
      meaning: 'a plan of inference (default), of the largest training that fits, or of this scheme',
    },
    out: outFolderOption,
  },
  notes: [
    'plan.svg is the arena over the kernel calls (a browser shows it; what lies under the pointer is named), plan.txt the same as\n' +
      'text: buffers, segments, calls; graph.txt the operators; prefix-* the same of what a device computes once a sample. The plan is the one that "build" makes of the same words (whose own\n' +
      'default is --train auto).',
  ],
  async run({ words: [path], options }, terminal) {
    const requested = await requestedProgram(
      localWorkshop,
      { ...options, model: path, train: options.train ?? 'none' },
      { kernels: kernelsOf, cache: roomOn },
    );
    if (!requested.ok) return requested;
    const { board, program } = requested.value;
    const { graph, plan, prefix, scheme } = program;
    const budgetBytes = arenaBudget(scheme ? board : { ...board, reserveBytes: 0 });
    const files = new Map([
      ['plan.txt', renderPlan(graph, plan)],
      ['plan.svg', planPicture(graph, plan, { budgetBytes })],
      ['graph.txt', dumpGraph(graph)],
      ...(prefix ? prefixFiles(prefix, budgetBytes) : []),
    ]);
    const written = await writeFiles(inFolder(options.out, files), [options.out]);
    if (!written.ok) return written;
    terminal.print(explainText(program, { budgetBytes, files: [...files.keys()], folder: options.out }));
    return ok(undefined);
  },
});

const prefixFiles = ({ graph, plan }: PlannedPrefix, budgetBytes: number) =>
  [
    ['prefix-plan.txt', renderPlan(graph, plan)],
    ['prefix-plan.svg', planPicture(graph, plan, { budgetBytes })],
    ['prefix-graph.txt', dumpGraph(graph)],
  ] as const;

interface Explained {
  readonly budgetBytes: number;
  readonly files: readonly string[];
  readonly folder: string;
}

function explainText(
  { plan, prefix, model }: CompiledProgram,
  { budgetBytes, files, folder }: Explained,
): string {
  const { arenaBytes } = model.facts;
  const fits = arenaBytes <= budgetBytes ? 'fits' : 'does not fit';
  return [
    `${plan.graph}: an arena of ${grouped(arenaBytes)} bytes ${fits} the ${grouped(budgetBytes)} that the board has for it`,
    `${grouped(plan.schedule.calls.length)} kernel calls; ${segmentsSaid(plan.schedule)}`,
    ...(prefix ? [prefixText(prefix)] : []),
    `${folder}: ${files.join(', ')}`,
  ].join('\n');
}
