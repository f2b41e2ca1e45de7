import { err, ok } from '#libs/base/result';
import { defineCommand } from '../command';
import { buildFiles } from '../build/build-files';
import { buildText } from '../build/build-report';
import { compileProgram } from '../build/compiled-program';
import { readTrainChoice } from '../build/train-choice';
import { inFolder, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { kernelsOf } from '../model/fitting-program';
import { readBoard } from '../model/read-board';
import { readModel } from '../model/read-model';
import {
  boardOption,
  flashOption,
  inputRowsOption,
  jsonOption,
  modelWord,
  optimizeOption,
  printJson,
  rowsFault,
  sramOption,
  trainOption,
} from './shared-parameters';

export const build = defineCommand({
  name: 'build',
  summary: 'Builds a model for a board, and proves from the linked file that it fits.',
  words: [modelWord],
  options: {
    board: boardOption,
    sram: sramOption,
    flash: flashOption,
    optimize: optimizeOption,
    'input-rows': inputRowsOption,
    train: {
      ...trainOption,
      meaning: 'nothing, the largest scheme that fits (default), or a scheme as plan --json prints it',
    },
    format: {
      type: 'choice',
      choices: ['image', 'c-library'],
      meaning: 'a program for the board (default), or C99 sources for a firmware of your own',
    },
    out: {
      type: 'string',
      value: 'DIR',
      meaning: 'where the files go; made where it is missing',
      required: true,
      completes: 'folder',
    },
    json: jsonOption,
  },
  notes: [
    '--optimize and --input-rows are for --train none. A C library has plain C kernels, planned for the SRAM of BOARD.',
    'An image is the ELF (and a WebAssembly module for a virtual board), parameters, the generated C, plan.txt and the certificate of\n' +
      'what fits where. Nothing is written where something does not fit.',
  ],
  async run({ words: [path], options }, terminal) {
    const board = await readBoard(localWorkshop, options.board, options);
    if (!board.ok) return board;
    const train = readTrainChoice(options.train ?? 'auto');
    if (!train.ok) return train;
    const noRows = rowsFault(options['input-rows'], train.value);
    if (noRows) return err(noRows);
    const model = readModel(path);
    if (!model.ok) return model;
    const program = compileProgram({
      inference: model.value.inference,
      board: board.value,
      train: train.value,
      optimize: options.optimize,
      inputRows: options['input-rows'],
      kernels: options.format === 'c-library' ? 'plain' : kernelsOf(board.value),
    });
    if (!program.ok) return program;
    const built = await buildFiles(localWorkshop, {
      model: model.value,
      modelPath: path,
      board: board.value,
      program: program.value,
      format: options.format ?? 'image',
    });
    if (!built.ok) return built;
    const written = await writeFiles(inFolder(options.out, built.value.files), [options.out]);
    if (!written.ok) return written;
    if (options.json) printJson(terminal, built.value.report);
    else terminal.print(buildText(built.value.report, options.out));
    return ok(undefined);
  },
});
