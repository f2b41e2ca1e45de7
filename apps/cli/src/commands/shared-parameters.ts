import { type Fault, fault } from '#libs/base/result';
import type { TrainChoice } from '../build/train-choice';
import type { Terminal } from '../command';

/** Parameters that several commands take, worded once. */
export const modelWord = {
  name: 'MODEL.tflite',
  meaning: 'an int8 TensorFlow Lite model',
  completes: 'file',
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
export const jsonOption = { type: 'boolean', meaning: 'print JSON instead of text' } as const;

/** Steps of training read their input again. */
export const rowsFault = (inputRows: boolean, train: TrainChoice): Fault | undefined =>
  inputRows && train.kind !== 'none'
    ? fault('build.no-rows', 'training reads its input more than once: --input-rows goes with --train none')
    : undefined;

export const printJson = (terminal: Terminal, value: object): void =>
  terminal.print(JSON.stringify(value, null, 2));
