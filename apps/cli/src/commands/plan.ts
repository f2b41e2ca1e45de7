import { ok } from '#libs/base/result';
import { formatTable, grouped } from '#libs/base/table';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import { renderPlan } from '#libs/firmware/planner';
import { arenaBytesOf, planLadder, planTraining, type PlannedStep, roomOn } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';
import { schemeAccounting, schemeId, trainedParameters } from '#libs/model/scheme';
import { defineCommand } from '../command';
import { localWorkshop } from '../local-workshop';
import { readBoard } from '../model/read-board';
import { prefixFacts, prefixText } from '../model/prefix-facts';
import { readModel } from '../model/read-model';
import {
  boardOption,
  jsonOption,
  modelWord,
  objectiveOption,
  printJson,
  sramOption,
} from './shared-parameters';

export const plan = defineCommand({
  name: 'plan',
  summary: 'Chooses what a board trains of a model, and shows where everything lies in its SRAM meanwhile.',
  words: [modelWord],
  options: { board: boardOption, sram: sramOption, objective: objectiveOption, json: jsonOption },
  async run({ words: [path], options }, terminal) {
    const board = await readBoard(localWorkshop, options.board, options);
    if (!board.ok) return board;
    const model = readModel(path, options.objective);
    if (!model.ok) return model;
    const planned = planTraining(model.value.inference, board.value, { cache: roomOn(board.value) });
    if (!planned.ok) return planned;
    if (options.json) printJson(terminal, planJson(model.value.inference, board.value, planned.value));
    else terminal.print(planText(model.value.inference, board.value, planned.value));
    return ok(undefined);
  },
});

/** The ladder of the model, and the chosen step among them, by how far back training reaches. */
function landmarks(inference: Graph, board: Board, chosen: PlannedStep): readonly PlannedStep[] {
  const others = planLadder(inference, board, { cache: roomOn(board) }).filter(
    ({ scheme }) => schemeId(scheme) !== schemeId(chosen.scheme),
  );
  return [...others, chosen].sort((a, b) => a.scheme.biasLayers - b.scheme.biasLayers);
}

function planJson(inference: Graph, board: Board, planned: PlannedStep): object {
  const { scheme, plan: chosen, prefix } = planned;
  return {
    model: inference.name,
    board: board.name,
    sramBytes: board.budget.sramBytes,
    arenaBudgetBytes: arenaBudget(board),
    scheme: { ...scheme, id: schemeId(scheme), trained: trainedParameters(inference, scheme) },
    accounting: schemeAccounting(inference, scheme),
    candidates: landmarks(inference, board, planned).map((each) => ({
      name: each.scheme.name,
      arenaBytes: arenaBytesOf(each),
    })),
    plan: chosen,
    ...(prefix && { prefix: { ...prefixFacts(prefix), plan: prefix.plan } }),
  };
}

const CANDIDATE_COLUMNS = [
  { title: '', align: 'left' },
  { title: 'scheme', align: 'left' },
  { title: 'weights', align: 'right' },
  { title: 'biases', align: 'right' },
  { title: 'arena', align: 'right' },
] as const;

function planText(inference: Graph, board: Board, planned: PlannedStep): string {
  const { scheme, training, plan: chosen, prefix } = planned;
  const { sramBytes } = board.budget;
  const budget = arenaBudget(board);
  const rows = landmarks(inference, board, planned).map((rung) => {
    const { weights, biases } = trainedParameters(inference, rung.scheme);
    const arenaBytes = arenaBytesOf(rung);
    const mark = rung.scheme.name === scheme.name ? '>' : arenaBytes > budget ? 'x' : '';
    return [mark, rung.scheme.name, grouped(weights), grouped(biases), grouped(arenaBytes)];
  });
  return [
    `${board.name}: ${grouped(sramBytes)} bytes of SRAM, less ${grouped(board.stackBytes)} of stack and ` +
      `${grouped(board.reserveBytes)} of runtime: ${grouped(budget)} for the arena`,
    '',
    formatTable(CANDIDATE_COLUMNS, rows),
    `(> chosen, x does not fit)`,
    ...(prefix ? ['', prefixText(prefix)] : []),
    '',
    renderPlan(training, chosen),
  ].join('\n');
}
