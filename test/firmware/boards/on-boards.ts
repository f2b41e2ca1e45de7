import { readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { at, unwrap } from '#libs/base/result';
import { type Board, parseBoard } from '#libs/firmware/boards';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { inferenceProgram, type InferenceProgram } from '#libs/firmware/program';
import { build, type Build } from '#libs/firmware/toolchain';
import type { Graph, TensorId } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import { testWorkshop } from '#test/support/harness';

const FOLDER = join(testWorkshop.templates, 'boards');

export const descriptionOf = (name: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(FOLDER, name, 'board.json'), 'utf8')) as Readonly<Record<string, unknown>>;

/** All boards, sorted by name. */
export const BOARDS: readonly Board[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('/board.json'))
  .map((path) => unwrap(parseBoard(descriptionOf(path.replace('/board.json', '')))))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

export const EMULATED = BOARDS.filter(({ runs }) => runs === 'qemu');
export const NOT_RUN = BOARDS.filter(({ runs }) => runs === 'none');

export const boardNamed = (name: string): Board => unwrap(parseBoard(descriptionOf(name)));

const hasQemu = spawnSync(testWorkshop.tools.qemu, ['--version']).status === 0;

/** `describe` where the emulator is installed; otherwise a skipped block that says so. */
export function describeEmulated(name: string, body: () => void): void {
  if (hasQemu) describe(name, body);
  else describe.skip(`${name} (skipped: no ${testWorkshop.tools.qemu})`, body);
}

const programs = new Map<Graph, InferenceProgram>();

/** The inference program of a graph as text; planned once. */
export function programOf(graph: Graph): InferenceProgram {
  const program = programs.get(graph) ?? unwrap(inferenceProgram(graph));
  programs.set(graph, program);
  return program;
}

/** The inference program of a graph for a board. */
export async function inferenceBuild(
  graph: Graph,
  board: Board,
  parts: { readonly model?: GeneratedModel; readonly trace?: boolean } = {},
): Promise<Build> {
  const { model, parameters } = programOf(graph);
  return unwrap(
    await build(testWorkshop, { program: 'inference', target: 'arm', board, model, parameters, ...parts }),
  );
}

/** A tensor of the reference, as bytes. */
export function referenceBytes(
  graph: Graph,
  input: Int8Array,
  tensor: TensorId = at(graph.outputs, 0),
): number[] {
  const { buffer, byteOffset, byteLength } = runGraph(graph, [input]).get(tensor) as Int8Array;
  return [...new Uint8Array(buffer, byteOffset, byteLength)];
}

/** The model with a statement before everything else it does. */
export function meddling(model: GeneratedModel, statement: string): GeneratedModel {
  const head = /(void fl_model_forward\([^)]*\) \{)/;
  const files = model.files.map(({ path, text }) => ({
    path,
    text: text.replace(head, `$1\n  ${statement}`),
  }));
  return { ...model, files };
}

export const writeTo = (address: number): string => `*(volatile uint8_t *)0x${address.toString(16)}u = 1;`;
