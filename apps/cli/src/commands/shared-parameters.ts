import type { Terminal } from '../command';

/** Parameters that several commands take, worded once. */
export const modelWord = { name: 'MODEL.tflite', meaning: 'an int8 TensorFlow Lite model' } as const;
export const boardOption = {
  type: 'string',
  value: 'B',
  meaning: 'a board by its name',
  required: true,
} as const;
export const sramOption = {
  type: 'string',
  value: 'N[KB]',
  meaning: "SRAM of this device; absent: the board's own",
} as const;
export const jsonOption = { type: 'boolean', meaning: 'print JSON instead of text' } as const;

export const printJson = (terminal: Terminal, value: object): void =>
  terminal.print(JSON.stringify(value, null, 2));
