import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '#libs/base/bytes';
import { ok } from '#libs/base/result';
import { formatTable, grouped } from '#libs/base/table';
import type { Board } from '#libs/firmware/boards';
import { renderPlan } from '#libs/firmware/planner';
import type { Build } from '#libs/firmware/toolchain';
import { dumpGraph } from '#libs/model/ir';
import { schemeId } from '#libs/model/scheme';
import { defineCommand } from '../command';
import { localWorkshop } from '../local-workshop';
import { buildPrograms, type Programs } from '../model/build-programs';
import { readBoard } from '../model/read-board';
import { readModel } from '../model/read-model';
import { boardOption, jsonOption, modelWord, printJson, sramOption } from './shared-parameters';

export const build = defineCommand({
  name: 'build',
  summary:
    'Builds the training program of a model for a board, and proves from the linked file that it fits.',
  words: [modelWord],
  options: {
    board: boardOption,
    sram: sramOption,
    out: {
      type: 'string',
      value: 'DIR',
      meaning: 'where the files go; made where it is missing',
      required: true,
    },
    json: jsonOption,
  },
  async run({ words: [path], options }, terminal) {
    const board = await readBoard(localWorkshop, options.board, options.sram);
    if (!board.ok) return board;
    const model = readModel(path);
    if (!model.ok) return model;
    const { inference } = model.value;
    const programs = await buildPrograms(localWorkshop, inference, board.value);
    if (!programs.ok) return programs;
    const report = reportOf(inference.name, board.value, programs.value);
    await writeAll(options.out, filesOf(programs.value, report));
    if (options.json) printJson(terminal, report);
    else terminal.print(reportText(report, options.out));
    return ok(undefined);
  },
});

const FILE_ENDINGS = { arm: 'elf', wasm: 'wasm', native: 'bin' } as const;
const programFile = ({ target }: Build): string => `program.${FILE_ENDINGS[target]}`;
const PARAMETER_FILE = 'parameters.bin';

/** What was built; kept as report.json and printed by --json. */
function reportOf(modelName: string, board: Board, { program, builds, parameters }: Programs) {
  const { scheme, plan } = program;
  return {
    model: modelName,
    board: board.name,
    sramBytes: board.budget.sramBytes,
    scheme: { ...scheme, id: schemeId(scheme) },
    arenaBytes: plan.peakBytes,
    plannedPeakBytes: plan.peakBytes + board.stackBytes + board.reserveBytes,
    fit: builds.find((each) => each.fit !== undefined)?.fit,
    files: [
      ...builds.map((each) => describeFile(programFile(each), each.binary)),
      describeFile(PARAMETER_FILE, parameters),
    ],
  };
}

type BuildReport = ReturnType<typeof reportOf>;

const describeFile = (name: string, content: Uint8Array) => ({
  name,
  bytes: content.length,
  sha256: digestOf(content),
});

function filesOf(
  { program: { model, training, plan }, builds, parameters }: Programs,
  report: BuildReport,
): ReadonlyMap<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([
    ...model.files.map(({ path, text }) => [path, text] as const),
    ...builds.map((each) => [programFile(each), each.binary] as const),
    [PARAMETER_FILE, parameters],
    ['training-graph.txt', dumpGraph(training)],
    ['plan.txt', renderPlan(training, plan)],
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
  ]);
}

async function writeAll(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([...files].map(([name, content]) => writeFile(join(folder, name), content)));
}

function reportText(
  { model, board, scheme, sramBytes, plannedPeakBytes, fit, files }: BuildReport,
  folder: string,
): string {
  const figures: readonly (readonly [string, number | undefined])[] = [
    ['SRAM of the device', sramBytes],
    ['planned peak', plannedPeakBytes],
    ['linked: RAM', fit?.ramBytes],
    ['  of which arena', fit?.arenaBytes],
    ['  static variables', fit?.staticBytes],
    ['  stack, reserved', fit?.stackBytes],
    ['stack, proved to be enough', fit?.stackBound.bytes],
    ['linked: flash', fit?.flashBytes],
  ];
  const rows = figures.map(([what, bytes]) => [what, bytes === undefined ? '-' : grouped(bytes)]);
  return [
    `${model} on ${board}: trains ${scheme.name}`,
    '',
    formatTable(
      [
        { title: 'bytes', align: 'left' },
        { title: '', align: 'right' },
      ],
      rows,
    ),
    '',
    ...files.map(
      (file) => `${join(folder, file.name)}  ${grouped(file.bytes)} bytes  ${file.sha256.slice(0, 16)}…`,
    ),
  ].join('\n');
}
