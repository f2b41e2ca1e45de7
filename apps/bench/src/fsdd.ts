import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '#libs/base/result';
import { type Dataset, FSDD_FILES, fsddDataset, type FsddSpeaker, readFsdd } from '#libs/model/dataset';
import { BenchError } from './bench';

/** Reads speakers' recordings from a folder of FSDD features; throws a `BenchError` where there are none. */
export function openFsdd(folder: string): (speaker: FsddSpeaker, split: number) => Dataset {
  if (!existsSync(join(folder, FSDD_FILES.features))) {
    throw new BenchError(
      `The recordings of real speakers are not here: there is no ${FSDD_FILES.features} in ${folder}. ` +
        'They are not part of this project; give their folder with --data DIR.',
    );
  }
  const bytes = (name: string): Uint8Array => readFileSync(join(folder, name));
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const corpus = valueOf(folder, readFsdd(bytes(FSDD_FILES.features), bytes(FSDD_FILES.labels)));
  return (speaker, split) => {
    const adapt = text(FSDD_FILES.split(speaker, split, 'adapt'));
    const test = text(FSDD_FILES.split(speaker, split, 'test'));
    return valueOf(folder, fsddDataset(corpus, { speaker, adapt, test }));
  };
}

function valueOf<T>(folder: string, result: Result<T>): T {
  if (result.ok) return result.value;
  throw new BenchError(`The recordings in ${folder} can't be read: ${result.error.message}.`);
}
