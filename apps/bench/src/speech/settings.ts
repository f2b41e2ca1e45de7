import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { type ScheduleName, SCHEDULES } from '#libs/model/quant';
import type { ItemOrder } from '#libs/model/session';
import { BenchError } from '../bench';
import { repositoryRoot } from '../repository';

export interface SpeechSettings {
  readonly data: string;
  readonly splits: readonly number[];
  readonly scheme: string;
  readonly passes: number;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly order: ItemOrder;
}

const SPLITS = [0, 1, 2];
const ORDERS: readonly ItemOrder[] = ['shuffled', 'balanced'];

export const SPEECH_USAGE = `  --seeds 0,1,2    which splits of each speaker's recordings
  --scheme sparse  what is trained: sparse, last, full, or a scheme of the model by name
  --passes 10      over the 100 recordings to learn from, one at a time
  --rate 0.02      learning rate
  --schedule constant  of the rate after the warm-up: constant, cosine
  --order shuffled     what a pass meets: shuffled (every recording once), balanced (every class as often as any other)
  --data DIR       folder of FSDD features (default: ../shared/data/fsdd)`;

export function parseSpeechSettings(words: readonly string[]): SpeechSettings {
  const { seeds, scheme, passes, rate, data, schedule, order } = valuesOf(words);
  return {
    data: resolve(data ?? join(repositoryRoot, '..', 'shared', 'data', 'fsdd')),
    splits: seeds?.split(',').map(splitOf) ?? SPLITS,
    scheme: scheme ?? 'sparse',
    passes: numberOf('--passes', passes ?? '10', (value) => Number.isInteger(value) && value >= 1),
    learningRate: numberOf('--rate', rate ?? '0.02', (value) => value > 0 && value <= 1),
    schedule: oneOf('--schedule', schedule ?? 'constant', Object.keys(SCHEDULES) as ScheduleName[]),
    order: oneOf('--order', order ?? 'shuffled', ORDERS),
  };
}

function valuesOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    seeds: text,
    scheme: text,
    passes: text,
    rate: text,
    data: text,
    schedule: text,
    order: text,
  };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n${SPEECH_USAGE}`);
  }
}

const splitOf = (text: string): number => numberOf('--seeds', text, (value) => SPLITS.includes(value));

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new BenchError(`${option}: there is no "${text}"; there are: ${known.join(', ')}.\n${SPEECH_USAGE}`);
}

function numberOf(option: string, text: string, isValid: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && isValid(value)) return value;
  throw new BenchError(`${option}: "${text}" makes no sense.\n${SPEECH_USAGE}`);
}
