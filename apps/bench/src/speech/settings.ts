import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { BenchError } from '../bench';
import { repositoryRoot } from '../repository';

export interface SpeechSettings {
  readonly data: string;
  readonly splits: readonly number[];
  readonly scheme: string;
  readonly passes: number;
  readonly learningRate: number;
}

const SPLITS = [0, 1, 2];

export const SPEECH_USAGE = `  --seeds 0,1,2    which splits of each speaker's recordings
  --scheme sparse  what is trained: sparse, last, full, or a scheme of the model by name
  --passes 10      over the 100 recordings to learn from, one at a time
  --rate 0.02      learning rate, constant
  --data DIR       folder of FSDD features (default: ../shared/data/fsdd)`;

export function parseSpeechSettings(words: readonly string[]): SpeechSettings {
  const { seeds, scheme, passes, rate, data } = valuesOf(words);
  return {
    data: resolve(data ?? join(repositoryRoot, '..', 'shared', 'data', 'fsdd')),
    splits: seeds?.split(',').map(splitOf) ?? SPLITS,
    scheme: scheme ?? 'sparse',
    passes: numberOf('--passes', passes ?? '10', (value) => Number.isInteger(value) && value >= 1),
    learningRate: numberOf('--rate', rate ?? '0.02', (value) => value > 0 && value <= 1),
  };
}

function valuesOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { seeds: text, scheme: text, passes: text, rate: text, data: text };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n${SPEECH_USAGE}`);
  }
}

const splitOf = (text: string): number => numberOf('--seeds', text, (value) => SPLITS.includes(value));

function numberOf(option: string, text: string, isValid: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && isValid(value)) return value;
  throw new BenchError(`${option}: "${text}" makes no sense.\n${SPEECH_USAGE}`);
}
