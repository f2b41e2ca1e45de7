import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from '../bench';
import { repositoryRoot } from '../repository';

export interface CompilerSettings {
  /** Folder of golden models. */
  readonly models: string;
  /** Absent: all. */
  readonly model: string | undefined;
  readonly core: CoreName | undefined;
  readonly devices: number;
}

/** The emulated board that stands for a core. */
export const CORES = {
  'M0+': 'mps2-an385-m0plus',
  M3: 'mps2-an385',
  M4: 'mps2-an386',
  M7: 'mps2-an500',
  M33: 'mps2-an505',
  M55: 'mps3-an547',
} as const;
export type CoreName = keyof typeof CORES;
const isCore = (name: string): name is CoreName => name in CORES;

export const COMPILER_USAGE = `  --models DIR     folder of models with golden outputs (default: ../shared/models)
  --model NAME     one of them
  --core NAME      ${Object.keys(CORES).join(', ')} (default: all)
  --devices 1000   in 8 configurations, whose firmware is built`;

export function parseCompilerSettings(words: readonly string[]): CompilerSettings {
  const { models, model, core, devices = '1000' } = valuesOf(words);
  if (core !== undefined && !isCore(core))
    throw new BenchError(`There is no core "${core}".\n${COMPILER_USAGE}`);
  if (!/^[1-9]\d{0,5}$/.test(devices))
    throw new BenchError(`--devices: "${devices}" is no number of devices.`);
  return {
    models: resolve(models ?? join(repositoryRoot, '..', 'shared', 'models')),
    model,
    core,
    devices: Number(devices),
  };
}

function valuesOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...words], options: { models: text, model: text, core: text, devices: text } })
      .values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n${COMPILER_USAGE}`);
  }
}
