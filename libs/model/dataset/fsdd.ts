/**
 * The Free Spoken Digit Dataset as log-mel features (Z. Jackson and contributors, CC BY-SA 4.0): real recordings of six
 * speakers, for measurements beside the project. The caller reads the files:
 *
 * - `fsdd-logmel.i8`: int8 [recordings][49][40];
 * - `fsdd-logmel.labels.u8`: uint8 [recordings][2] = digit, speaker;
 * - `splits/SPEAKER-SEED.{adapt,test}.txt`: one recording number a line, in capture order.
 */
import { at, err, fault, ok, type Result } from '#libs/base/result';
import type { Dataset } from './dataset';

/** The position is the speaker's number in the labels file. */
export const FSDD_SPEAKERS = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'] as const;
export type FsddSpeaker = (typeof FSDD_SPEAKERS)[number];

/** Names inside the folder that holds the corpus. */
export const FSDD_FILES = {
  features: 'fsdd-logmel.i8',
  labels: 'fsdd-logmel.labels.u8',
  split: (speaker: FsddSpeaker, seed: number, part: 'adapt' | 'test') =>
    `splits/${speaker}-${seed}.${part}.txt`,
} as const;

export interface FsddCorpus {
  readonly features: Int8Array;
  /** [recordings][2]: digit, speaker. */
  readonly labels: Uint8Array;
}

/** Recordings of one speaker to learn from and to test on: the texts of the two split files. */
export interface FsddSplit {
  readonly speaker: FsddSpeaker;
  readonly adapt: string;
  readonly test: string;
}

export type FsddFault = { readonly code: 'fsdd.malformed'; readonly message: string };

const ITEM_BYTES = 49 * 40;
const CLASSES = 10;
/** real = 0.0184 * (element + 46), as the features were written. */
const FEATURES = { scale: Math.fround(0.0184), zeroPoint: -46 };

const refuse = (message: string): { readonly ok: false; readonly error: FsddFault } =>
  err(fault('fsdd.malformed', message));

export function readFsdd(features: Uint8Array, labels: Uint8Array): Result<FsddCorpus, FsddFault> {
  const recordings = labels.length / 2;
  if (recordings * ITEM_BYTES !== features.length) {
    return refuse(`${features.length} bytes of features do not match ${labels.length} bytes of labels`);
  }
  for (let row = 0; row < recordings; row++) {
    const digit = at(labels, 2 * row);
    const speaker = at(labels, 2 * row + 1);
    if (digit >= CLASSES || speaker >= FSDD_SPEAKERS.length) {
      return refuse(`recording ${row} is labelled digit ${digit}, speaker ${speaker}`);
    }
  }
  return ok({ features: new Int8Array(features.buffer, features.byteOffset, features.length), labels });
}

/** What one device knows: a speaker's recordings, those to learn from first. */
export function fsddDataset(corpus: FsddCorpus, split: FsddSplit): Result<Dataset, FsddFault> {
  const adapt = rowsOf(corpus, split.speaker, split.adapt);
  if (!adapt.ok) return adapt;
  const test = rowsOf(corpus, split.speaker, split.test);
  if (!test.ok) return test;
  const rows = [...adapt.value, ...test.value];
  const elements = new Int8Array(rows.length * ITEM_BYTES);
  for (const [i, row] of rows.entries()) {
    elements.set(corpus.features.subarray(row * ITEM_BYTES, (row + 1) * ITEM_BYTES), i * ITEM_BYTES);
  }
  const labels = Uint8Array.from(rows, (row) => at(corpus.labels, 2 * row));
  const shape = { classes: CLASSES, itemBytes: ITEM_BYTES, adaptCount: adapt.value.length, ...FEATURES };
  return ok({ ...shape, labels, elements });
}

function rowsOf(
  corpus: FsddCorpus,
  speaker: FsddSpeaker,
  text: string,
): Result<readonly number[], FsddFault> {
  const wanted = FSDD_SPEAKERS.indexOf(speaker);
  const rows: number[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const row = Number(line);
    const found = corpus.labels[2 * row + 1];
    if (found === undefined) return refuse(`"${line.slice(0, 20)}" is no recording of the corpus`);
    if (found !== wanted) return refuse(`recording ${row} is not ${speaker}'s`);
    rows.push(row);
  }
  return rows.length > 0 ? ok(rows) : refuse(`a split of ${speaker} lists no recording`);
}
