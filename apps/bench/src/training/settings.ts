import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FSDD_SPEAKERS, type FsddSpeaker } from '#libs/model/dataset';
import { BenchError } from '../bench';
import { repositoryRoot } from '../repository';

export interface TrainingSettings {
  /** Names of rows; empty: all. */
  readonly rows: readonly string[];
  /** Which splits of each speaker's recordings; the session of split s has seed `seedOf(s)`. */
  readonly splits: readonly number[];
  readonly speakers: readonly FsddSpeaker[];
  /** Sessions that are run against a float shadow. */
  readonly pairs: number;
  /** Folder of FSDD features. */
  readonly data: string;
  /** Folder of published models. */
  readonly models: string;
}

const SPLITS = [0, 1, 2];
const MOST_PAIRS = FSDD_SPEAKERS.length * SPLITS.length;

export const TRAINING_USAGE = `  --row NAME,…         only these rows of the table
  --seeds 0,1,2        which splits of each speaker's recordings, one session seed each
  --speakers george,…  of the personalisation rows (default: all six)
  --pairs 6            sessions against a float shadow, on the reference; 1 to ${MOST_PAIRS}
  --data DIR           folder of FSDD features (default: ../shared/data/fsdd)
  --models DIR         folder of published models (default: ../shared/models)`;

/** The session of split s is seeded with this plus s. */
const FIRST_SEED = 0x12345678;
export const seedOf = (split: number): number => FIRST_SEED + split;

/** @param known names of rows */
export function parseTrainingSettings(words: readonly string[], known: readonly string[]): TrainingSettings {
  const { row, seeds, speakers, pairs = '6', data, models } = valuesOf(words);
  const shared = join(repositoryRoot, '..', 'shared');
  return {
    rows: listOf('--row', row, known),
    splits: seeds === undefined ? SPLITS : listOf('--seeds', seeds, SPLITS.map(String)).map(Number),
    speakers: speakers === undefined ? FSDD_SPEAKERS : listOf('--speakers', speakers, FSDD_SPEAKERS),
    pairs: pairsOf(pairs),
    data: resolve(data ?? join(shared, 'data', 'fsdd')),
    models: resolve(models ?? join(shared, 'models')),
  };
}

function valuesOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { row: text, seeds: text, speakers: text, pairs: text, data: text, models: text };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n${TRAINING_USAGE}`);
  }
}

/** Words between commas, each once. */
function listOf<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  const words = text === undefined ? [] : [...new Set(text.split(','))];
  return words.map((word) => {
    const found = known.find((each) => each === word);
    if (found === undefined)
      throw new BenchError(`${option}: there is no "${word}"; there are: ${known.join(', ')}.`);
    return found;
  });
}

function pairsOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= MOST_PAIRS) return value;
  throw new BenchError(`--pairs: "${text}" makes no sense.\n${TRAINING_USAGE}`);
}
