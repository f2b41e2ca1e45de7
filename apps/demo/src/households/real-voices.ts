import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '#libs/base/result';
import { encodeDataset, FSDD_FILES, FSDD_SPEAKERS, fsddDataset, readFsdd } from '#libs/model/dataset';
import { DemoError } from '../demo-error';
import type { Voices } from './household';

const SPLIT_SEED = 0;

/** The six speakers of the FSDD features in `folder`: 100 recordings each to learn from, 400 to test on. */
export function realVoices(folder: string): Voices {
  if (!existsSync(join(folder, FSDD_FILES.features))) {
    throw new DemoError(
      `There is no ${FSDD_FILES.features} in ${folder}; --data wants a folder of FSDD features.`,
    );
  }
  const corpus = valueOf(
    folder,
    readFsdd(readFileSync(join(folder, FSDD_FILES.features)), readFileSync(join(folder, FSDD_FILES.labels))),
  );
  const splitText = (speaker: (typeof FSDD_SPEAKERS)[number], part: 'adapt' | 'test'): string =>
    readFileSync(join(folder, FSDD_FILES.split(speaker, SPLIT_SEED, part)), 'utf8');
  const voices = FSDD_SPEAKERS.map((speaker) => {
    const split = { speaker, adapt: splitText(speaker, 'adapt'), test: splitText(speaker, 'test') };
    return { name: speaker, recordings: encodeDataset(valueOf(folder, fsddDataset(corpus, split))) };
  });
  return { kind: 'real speech (FSDD)', voices };
}

function valueOf<T>(folder: string, result: Result<T>): T {
  if (result.ok) return result.value;
  throw new DemoError(`The recordings in ${folder} can't be read: ${result.error.message}.`);
}
