import { ok } from '#libs/base/result';
import { grouped } from '#libs/base/table';
import { arenaBudget } from '#libs/firmware/boards';
import { planPicture, segmentsSaid } from '#libs/firmware/explain';
import { type Plan, renderPlan } from '#libs/firmware/planner';
import { dumpGraph } from '#libs/model/ir';
import { defineCommand } from '../command';
import { inFolder, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { fittingProgram, kernelsOf } from '../model/fitting-program';
import { readBoard } from '../model/read-board';
import { readModel } from '../model/read-model';
import { boardOption, inputRowsOption, modelWord, optimizeOption, sramOption } from './shared-parameters';

export const explain = defineCommand({
  name: 'explain',
  summary: 'Draws where everything lies in the SRAM of a board while a model runs, call by call.',
  words: [modelWord],
  options: {
    board: boardOption,
    sram: sramOption,
    optimize: optimizeOption,
    'input-rows': inputRowsOption,
    out: {
      type: 'string',
      value: 'DIR',
      meaning: 'where the files go; made where it is missing',
      required: true,
      completes: 'folder',
    },
  },
  notes: [
    'plan.svg is the arena over the kernel calls (a browser shows it; what lies under the pointer is named), plan.txt the same as\n' +
      'text: buffers, segments, calls; graph.txt the operators. The plan is the one that "build --train none" makes of the same words.',
  ],
  async run({ words: [path], options }, terminal) {
    const board = await readBoard(localWorkshop, options.board, options);
    if (!board.ok) return board;
    const model = readModel(path);
    if (!model.ok) return model;
    const budgetBytes = arenaBudget({ ...board.value, reserveBytes: 0 });
    const { optimize } = options;
    const program = fittingProgram(model.value.inference, {
      optimize,
      budgetBytes,
      inputRows: options['input-rows'],
      kernels: kernelsOf(board.value),
      dropConstant: true,
    });
    if (!program.ok) return program;
    const { inference, plan } = program.value;
    const files = new Map([
      ['plan.txt', renderPlan(inference, plan)],
      ['plan.svg', planPicture(inference, plan, { budgetBytes })],
      ['graph.txt', dumpGraph(inference)],
    ]);
    const written = await writeFiles(inFolder(options.out, files), [options.out]);
    if (!written.ok) return written;
    terminal.print(explainText(plan, budgetBytes, options.out));
    return ok(undefined);
  },
});

function explainText(plan: Plan, budgetBytes: number, folder: string): string {
  const { schedule, peakBytes } = plan;
  const fits = peakBytes <= budgetBytes ? 'fits' : 'does not fit';
  return [
    `${plan.graph}: an arena of ${grouped(peakBytes)} bytes ${fits} the ${grouped(budgetBytes)} that the board has for it`,
    `${grouped(schedule.calls.length)} kernel calls; ${segmentsSaid(schedule)}`,
    `${folder}: plan.svg, plan.txt, graph.txt`,
  ].join('\n');
}
