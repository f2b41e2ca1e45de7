import { OBJECTIVES } from '#libs/model/ir';
import type { Terminal } from '../command';

/** Parameters that several commands take, worded once. */
export const modelWord = {
  name: 'MODEL.tflite',
  meaning: 'an int8 TensorFlow Lite model',
  completes: 'file',
} as const;
export const objectiveOption = {
  type: 'choice',
  choices: OBJECTIVES,
  meaning:
    'name a class, give the input again, or give a number; default: again where outputs are as many as inputs and no softmax is, a number where it is one',
} as const;
export const boardOption = {
  type: 'string',
  value: 'BOARD',
  meaning: 'a board by its name',
  required: true,
  completes: 'board',
} as const;
export const sramOption = {
  type: 'string',
  value: 'N[KB]',
  meaning: "SRAM of this device; absent: the board's own",
} as const;
export const flashOption = {
  type: 'string',
  value: 'N[KB]',
  meaning: "flash of this device; absent: the board's own",
} as const;
export const trainOption = {
  type: 'string',
  value: 'none|auto|SCHEME.json',
  completes: 'file',
} as const;
export const optimizeOption = {
  type: 'choice',
  choices: ['ram', 'speed'],
  meaning:
    'speed (default): the fastest kernels and the fewest calls that fit; ram: row by row, within a tenth of the least memory',
} as const;
export const inputRowsOption = {
  type: 'boolean',
  meaning: 'the model asks for its input row by row, as a sensor gives it, and never holds it whole',
} as const;
export const outFolderOption = {
  type: 'string',
  value: 'DIR',
  meaning: 'where the files go; made where it is missing',
  required: true,
  completes: 'folder',
} as const;
export const jsonOption = { type: 'boolean', meaning: 'print JSON instead of text' } as const;

const dataOption = {
  type: 'string',
  value: 'FEATURES.i8',
  meaning: "int8 rows of the shape of the model's input, one after the other",
  completes: 'file',
} as const;
const labelsOption = {
  type: 'string',
  value: 'LABELS.u8',
  meaning: 'uint8, the class of each row',
  completes: 'file',
} as const;
const adaptOption = {
  type: 'string',
  value: 'INDEXFILE',
  meaning: 'the rows to learn from, one row number a line, counted from 0',
  completes: 'file',
} as const;
const testOption = {
  type: 'string',
  value: 'INDEXFILE',
  meaning: 'the rows to test on',
  completes: 'file',
} as const;

/** How rows of one's own lie in their files. */
const rowFormatOptions = {
  'label-stride': {
    type: 'string',
    value: 'N',
    meaning: 'bytes of a row in the labels, the class first (default: 1)',
  },
  'data-scale': {
    type: 'string',
    value: 'X',
    meaning: "real = X * (element - N) in the data; absent: as the model's input is quantised",
  },
  'data-zero': { type: 'string', value: 'N', meaning: 'goes with --data-scale' },
} as const;

/** Labelled rows to learn from and to test on, for a command that can do without. */
export const rowOptions = {
  data: dataOption,
  labels: labelsOption,
  ...rowFormatOptions,
  adapt: adaptOption,
  test: testOption,
} as const;

/** The same, for a command that can't. */
export const requiredRowOptions = {
  data: { ...dataOption, required: true },
  labels: { ...labelsOption, required: true },
  ...rowFormatOptions,
  adapt: { ...adaptOption, required: true },
  test: { ...testOption, required: true },
} as const;

export const printJson = (terminal: Terminal, value: object): void =>
  terminal.print(JSON.stringify(value, null, 2));
