import { ok } from '#libs/base/result';
import { defineCommand } from '../command';
import { buildFiles } from '../build/build-files';
import { buildText } from '../build/build-report';
import { type Extras, requestedProgram } from '../build/requested-program';
import { inFolder, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { kernelsOf } from '../model/fitting-program';
import { roomOn } from '#libs/firmware/program';
import {
  boardOption,
  flashOption,
  inputRowsOption,
  jsonOption,
  modelWord,
  objectiveOption,
  optimizeOption,
  outFolderOption,
  printJson,
  sramOption,
  trainOption,
} from './shared-parameters';

/** A firmware of one's own has its own store of samples. */
const NO_EXTRAS: Extras = { kernels: () => 'plain', cache: () => undefined };

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
    objective: objectiveOption,
    train: {
      ...trainOption,
      meaning: 'nothing, the largest scheme that fits (default), or a scheme as plan --json prints it',
    },
    format: {
      type: 'choice',
      choices: ['image', 'c-library'],
      meaning: 'a program for the board (default), or C99 sources for a firmware of your own',
    },
    out: outFolderOption,
    json: jsonOption,
  },
  notes: [
    '--optimize and --input-rows are for --train none. A C library has plain C kernels, planned for the SRAM of BOARD.',
    'An image is the ELF (and a WebAssembly module for a virtual board), parameters, the generated C, plan.txt and the certificate of\n' +
      'what fits where. Nothing is written where something does not fit.',
  ],
  async run({ words: [path], options }, terminal) {
    const requested = await requestedProgram(
      localWorkshop,
      { ...options, model: path, train: options.train ?? 'auto' },
      options.format === 'c-library' ? NO_EXTRAS : { kernels: kernelsOf, cache: roomOn },
    );
    if (!requested.ok) return requested;
    const built = await buildFiles(localWorkshop, {
      ...requested.value,
      modelPath: path,
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
