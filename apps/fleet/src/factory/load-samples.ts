import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Result, unwrap } from '#libs/base/result';
import {
  type Dataset,
  decodeDataset,
  FSDD_FILES,
  FSDD_SPEAKERS,
  fsddDataset,
  type FsddSpeaker,
  readFsdd,
  toInput,
} from '#libs/model/dataset';
import type { InputQuantisation, SampleSource } from '../description/fleet-description';

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

function fromFile(path: string): Result<Dataset> {
  const bytes = read(path);
  return decodeDataset(path.endsWith('.br') ? new Uint8Array(brotliDecompressSync(bytes)) : bytes);
}

const isSpeaker = (name: string): name is FsddSpeaker => FSDD_SPEAKERS.some((speaker) => speaker === name);

function fromFsdd({ folder, speaker, split }: SampleSource & { kind: 'fsdd' }): Result<Dataset> {
  if (!isSpeaker(speaker)) throw new Error(`${speaker} is none of ${FSDD_SPEAKERS.join(', ')}`);
  const corpus = readFsdd(read(join(folder, FSDD_FILES.features)), read(join(folder, FSDD_FILES.labels)));
  if (!corpus.ok) return corpus;
  const text = (part: 'adapt' | 'test'): string =>
    readFileSync(join(folder, FSDD_FILES.split(speaker, split, part)), 'utf8');
  return fsddDataset(corpus.value, { speaker, adapt: text('adapt'), test: text('test') });
}

/** A device's recordings, as its model wants them. Files that can't be read or are damaged throw. */
export function loadSamples(source: SampleSource, input: InputQuantisation): Dataset {
  const dataset = source.kind === 'file' ? fromFile(source.path) : fromFsdd(source);
  return toInput(unwrap(dataset), input);
}
