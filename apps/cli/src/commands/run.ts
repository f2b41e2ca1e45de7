import { ok, type Result } from '#libs/base/result';
import { formatTable, grouped } from '#libs/base/table';
import type { Graph } from '#libs/model/ir';
import { parseByteSize } from '../byte-size';
import { defineCommand } from '../command';
import { type Files, inFolder, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { boundaryOf } from '../model/boundary';
import { fittingProgram, kernelsOf, type Wishes } from '../model/fitting-program';
import { wholeBoard, readBoard } from '../model/read-board';
import { readModel } from '../model/read-model';
import { type EngineChoice, readEngine } from '../run/engine-choice';
import { figuresOf, type RunFigures, type RunTitle } from '../run/figures';
import { generatedEngine } from '../run/generated-engine';
import { layerFiles } from '../run/layer-files';
import { checkOutputPaths, readInputs, writtenOutputs } from '../run/ports';
import { referenceEngine } from '../run/reference-engine';
import type { RunEngine, RunOutcome } from '../run/run-request';
import { inputRowsOption, jsonOption, modelWord, optimizeOption, printJson } from './shared-parameters';

export const run = defineCommand({
  name: 'run',
  summary: 'Runs a model on one set of inputs and writes its outputs; says what the linked program takes.',
  words: [modelWord],
  options: {
    engine: {
      type: 'string',
      value: 'ENGINE',
      meaning: 'reference, native, wasm, or arm:BOARD (emulated; mps2-an386 is a Cortex-M4)',
      required: true,
      completes: 'engine',
    },
    input: {
      type: 'many',
      value: 'FILE',
      meaning: 'raw little-endian elements; once for each input of the model, in its order',
      required: true,
      completes: 'file',
    },
    output: {
      type: 'many',
      value: 'FILE',
      meaning: 'where an output goes; once for each output of the model, in its order',
      required: true,
      completes: 'file',
    },
    int8: {
      type: 'boolean',
      meaning: "the quantised tensors inside a float boundary, not the file's floats",
    },
    layers: {
      type: 'string',
      value: 'DIR',
      meaning: 'write every intermediate tensor: layers.bin, layers.jsonl, and NUMBER.bin each',
      completes: 'folder',
    },
    optimize: optimizeOption,
    sram: {
      type: 'string',
      value: 'N[KB]',
      meaning: 'plan for this much SRAM, stack included, and refuse what takes more',
    },
    'input-rows': inputRowsOption,
    json: jsonOption,
  },
  notes: [
    'staticRamBytes is all RAM of the linked inference but the stack (input, arena, scratch, state), flashBytes its code,\n' +
      'constants and weights, stackBytes the worst case of its call graph (arm). The reference is not linked: its RAM is the\n' +
      'planned arena, its flash the parameter image. 0 stands for a stack that nothing bounds (all but arm); with --layers it runs the graph of the file, so that\n' +
      'tensors which compiling removes (a PAD, QUANTIZE, DEQUANTIZE) are written too.',
  ],
  async run({ words: [path], options }, terminal) {
    const wanted = await readWanted(options);
    if (!wanted.ok) return wanted;
    const model = readModel(path);
    if (!model.ok) return model;
    const boundary = boundaryOf(model.value);
    const inputs = readInputs(boundary, options.input, options.int8);
    if (!inputs.ok) return inputs;
    const paths = checkOutputPaths(boundary, options.output, options.int8);
    if (!paths.ok) return paths;
    const program = fittingProgram(model.value.inference, {
      optimize: options.optimize,
      budgetBytes: arenaWithin(wanted.value.sramBytes),
      inputRows: options['input-rows'],
      kernels: wanted.value.kernels,
      // Layers are shown as the file has them.
      dropConstant: options.layers === undefined,
    });
    if (!program.ok) return program;
    const outcome = await wanted.value.engine({
      shop: localWorkshop,
      model: model.value,
      program: program.value,
      inputs: inputs.value,
      wantsLayers: options.layers !== undefined,
      sramBytes: wanted.value.sramBytes,
    });
    if (!outcome.ok) return outcome;
    const outputs = writtenOutputs(boundary, outcome.value.outputs, options.int8);
    const written = await writeAll(options, outputs, layerFilesOf(model.value.file, outcome.value));
    if (!written.ok) return written;
    const figures = figuresOf(
      wanted.value.title,
      model.value.inference,
      program.value.plan,
      outcome.value.linked,
    );
    if (options.json) printJson(terminal, figures);
    else terminal.print(runText(figures));
    return ok(undefined);
  },
});

interface Wanted {
  readonly title: RunTitle;
  readonly engine: RunEngine;
  readonly sramBytes: number | undefined;
  readonly kernels: Wishes['kernels'];
}

/** Stack and other static variables take about half of this; how much exactly is known when the program is linked. */
const BESIDE_THE_ARENA = 1024;

const arenaWithin = (sramBytes: number | undefined): number | undefined =>
  sramBytes === undefined ? undefined : Math.max(0, sramBytes - BESIDE_THE_ARENA);

/** The engine that the options choose. */
async function readWanted(options: {
  readonly engine: string;
  readonly sram: string | undefined;
}): Promise<Result<Wanted>> {
  const sram = options.sram === undefined ? ok(undefined) : parseByteSize('--sram', options.sram);
  if (!sram.ok) return sram;
  const choice = await readEngine(localWorkshop, options.engine);
  if (!choice.ok) return choice;
  const engine = await engineOf(choice.value, sram.value);
  if (!engine.ok) return engine;
  const board = choice.value.name === 'arm' ? { board: choice.value.board.name } : {};
  return ok({
    title: { engine: options.engine, ...board },
    engine: engine.value,
    sramBytes: sram.value,
    kernels: choice.value.name === 'arm' ? kernelsOf(choice.value.board) : 'plain',
  });
}

/** Whose compiler flags and memory map stand for a program that runs on no board. */
const HOST_BOARD = 'virtual-m4';

async function engineOf(choice: EngineChoice, sramBytes: number | undefined): Promise<Result<RunEngine>> {
  if (choice.name === 'reference') return ok(referenceEngine);
  if (choice.name === 'arm') {
    const board = wholeBoard(choice.board, sramBytes);
    return board.ok ? ok(generatedEngine({ target: 'arm', board: board.value })) : board;
  }
  const host = await readBoard(localWorkshop, HOST_BOARD, { sram: undefined });
  const board = host.ok ? wholeBoard(host.value) : host;
  return board.ok ? ok(generatedEngine({ target: choice.name, board: board.value })) : board;
}

/** Outputs and layers, all or none. */
function writeAll(
  { layers: folder, output }: { readonly layers: string | undefined; readonly output: readonly string[] },
  outputs: readonly Uint8Array[],
  layers: Files,
): Promise<Result<void>> {
  const named = outputs.map((bytes, index) => [output[index] ?? '', bytes] as const);
  return folder === undefined
    ? writeFiles(new Map(named))
    : writeFiles(new Map([...inFolder(folder, layers), ...named]), [folder]);
}

const layerFilesOf = (file: Graph, { layers }: RunOutcome): Files =>
  layers === undefined ? new Map() : layerFiles(file, layers);

function runText(figures: RunFigures): string {
  const { engine, model, ratio, proof, nsPerInference, instructions } = figures;
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['arena', figures.arenaBytes],
    ['  of which scratch, at most', figures.scratchBytes],
    ['static RAM (arena and all else but the stack)', figures.staticRamBytes],
    // Only programs for boards have a call graph that bounds it.
    ['stack, worst case', figures.board === undefined ? undefined : figures.stackBytes],
    ['flash (code, constants, weights)', figures.flashBytes],
    ['lower bound of the arena', figures.lowerBoundBytes],
    ['multiply-accumulates', figures.macs],
    ['instructions', instructions],
    ['nanoseconds', nsPerInference],
  ];
  return [
    `${model} on ${engine}`,
    '',
    formatTable(
      [
        { title: 'bytes; counts of one inference', align: 'left' },
        { title: '', align: 'right' },
      ],
      rows.flatMap(([what, value]) => (value === undefined ? [] : [[what, grouped(value)]])),
    ),
    '',
    `arena at ${ratio.toFixed(3)} of its lower bound (${PROOFS[proof]})`,
  ].join('\n');
}

const PROOFS: Readonly<Record<RunFigures['proof'], string>> = {
  bound: 'it is the bound',
  search: 'proved to be the best placement by search',
  none: 'not proved to be the best placement',
};
