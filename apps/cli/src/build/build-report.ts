import { join } from 'node:path';
import { formatTable, grouped } from '#libs/base/table';
import type { Build } from '#libs/firmware/toolchain';
import { schemeId } from '#libs/model/scheme';
import { prefixFacts } from '../model/prefix-facts';
import type { BuildJob } from './build-files';

export interface ReportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What was built; kept as report.json and printed by --json. */
export function reportOf(
  { model, board, program, format }: Omit<BuildJob, 'modelPath'>,
  builds: readonly Build[],
  files: readonly ReportedFile[],
) {
  const { scheme, plan, prefix, model: made } = program;
  const { arenaBytes } = made.facts;
  const arm = builds.find(({ target }) => target === 'arm');
  return {
    model: model.inference.name,
    board: board.name,
    format,
    sramBytes: board.budget.sramBytes,
    flashBytes: board.budget.flashBytes,
    /** Whether programs for this board are executed by tests here; builds for others were linked and sized only. */
    run: board.runs !== 'none',
    trains: scheme !== undefined,
    ...(scheme && { scheme: { ...scheme, id: schemeId(scheme) } }),
    arenaBytes,
    ...(prefix && { prefix: prefixFacts(prefix) }),
    scratchBytes: plan.scratchBytes,
    lowerBoundBytes: plan.lowerBoundBytes,
    proof: plan.proof,
    plannedPeakBytes: arenaBytes + board.stackBytes + (scheme ? board.reserveBytes : 0),
    ...(arm?.footprint && { footprint: arm.footprint }),
    ...(arm?.fit && { fit: arm.fit }),
    files,
  };
}

export type BuildReport = ReturnType<typeof reportOf>;

export function buildText(report: BuildReport, folder: string): string {
  const { model, board, scheme, format, run, files } = report;
  const purpose = scheme ? `trains ${scheme.name}` : 'inference';
  return [
    `${model} on ${board}${format === 'image' ? '' : ', as a C library'}: ${purpose}`,
    ...(run ? [] : [`not run on this board: linked and sized only`]),
    '',
    formatTable(
      [
        { title: 'bytes', align: 'left' },
        { title: '', align: 'right' },
      ],
      figureRows(report),
    ),
    '',
    ...files.map(
      (file) => `${join(folder, file.name)}  ${grouped(file.bytes)} bytes  ${file.sha256.slice(0, 16)}…`,
    ),
  ].join('\n');
}

function figureRows({ sramBytes, flashBytes, plannedPeakBytes, arenaBytes, fit }: BuildReport) {
  const figures: readonly (readonly [string, number | undefined])[] = [
    ['SRAM of the device', sramBytes],
    ['planned peak', plannedPeakBytes],
    ['  of which arena', arenaBytes],
    ['linked: RAM', fit?.ramBytes],
    ['  static variables', fit?.staticBytes],
    ['  stack, reserved', fit?.stackBytes],
    ['stack, proved to be enough', fit?.stack.needBytes],
    ['flash of the device', flashBytes],
    ['linked: flash', fit?.flashBytes],
  ];
  return figures.flatMap(([what, bytes]) => (bytes === undefined ? [] : [[what, grouped(bytes)]]));
}
