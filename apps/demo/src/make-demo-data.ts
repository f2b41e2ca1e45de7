/**
 * Makes the demo's recordings from the synthetic digits: `node dist/apps/demo/src/make-demo-data.js ESPEAK_DIR OUT_DIR`.
 * ESPEAK_DIR holds espeak-digits-logmel.{i8,labels.u8} (see apps/demo/data/README.md). Run by hand when the data change;
 * the result is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { type Dataset, encodeDataset } from '#libs/model/dataset';

const ITEM_BYTES = 49 * 40;
const CLASSES = 10;
const FEATURES = { scale: Math.fround(0.0184), zeroPoint: -46 };
/** Household voices: numbers 12 to 19 of the corpus. Factory voices: 0 to 11. */
const HOUSEHOLD = ['scots', 'german', 'french', 'italian', 'polish', 'croak', 'whisper', 'spanish'];
const FIRST_HOUSEHOLD = 12;

interface Corpus {
  readonly features: Int8Array;
  /** [rows][2]: digit, voice. */
  readonly labels: Uint8Array;
}

/** Rows of one voice and digit, in recorded order. */
function rowsOf(corpus: Corpus, voice: number, digit: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < corpus.labels.length / 2; row++) {
    if (corpus.labels[2 * row] === digit && corpus.labels[2 * row + 1] === voice) rows.push(row);
  }
  return rows;
}

/** Recordings from..from+count-1 of each digit of a voice, digits taken in turn, as a household would say them. */
function takeTurns(corpus: Corpus, voice: number, from: number, count: number): number[] {
  const byDigit = Array.from({ length: CLASSES }, (_, digit) =>
    rowsOf(corpus, voice, digit).slice(from, from + count),
  );
  return Array.from({ length: count }, (_, turn) => byDigit.map((rows) => rows[turn] as number)).flat();
}

function datasetOf(corpus: Corpus, adapt: readonly number[], test: readonly number[]): Dataset {
  const rows = [...adapt, ...test];
  const elements = new Int8Array(rows.length * ITEM_BYTES);
  rows.forEach((row, i) =>
    elements.set(corpus.features.subarray(row * ITEM_BYTES, (row + 1) * ITEM_BYTES), i * ITEM_BYTES),
  );
  const labels = Uint8Array.from(rows, (row) => corpus.labels[2 * row] as number);
  return { classes: CLASSES, itemBytes: ITEM_BYTES, adaptCount: adapt.length, ...FEATURES, labels, elements };
}

function save(path: string, dataset: Dataset): void {
  const raw = encodeDataset(dataset);
  const packed = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(path, packed);
  console.log(`${path}: ${dataset.labels.length} items, ${raw.length} bytes, packed ${packed.length}`);
}

function main(espeakDir: string, outDir: string): void {
  const corpus: Corpus = {
    features: new Int8Array(readFileSync(join(espeakDir, 'espeak-digits-logmel.i8'))),
    labels: readFileSync(join(espeakDir, 'espeak-digits-logmel.labels.u8')),
  };
  HOUSEHOLD.forEach((name, index) => {
    const voice = FIRST_HOUSEHOLD + index;
    save(
      join(outDir, `voice-${name}.flds.br`),
      datasetOf(corpus, takeTurns(corpus, voice, 0, 10), takeTurns(corpus, voice, 10, 10)),
    );
  });
  const heldOut = HOUSEHOLD.flatMap((_, index) => takeTurns(corpus, FIRST_HOUSEHOLD + index, 20, 2));
  const factory = Array.from({ length: FIRST_HOUSEHOLD }, (_, voice) =>
    takeTurns(corpus, voice, 0, 1),
  ).flat();
  save(join(outDir, 'evaluation.flds.br'), datasetOf(corpus, [], [...heldOut, ...factory]));
}

const [espeakDir, outDir] = process.argv.slice(2);
if (espeakDir === undefined || outDir === undefined)
  throw new Error('usage: make-demo-data ESPEAK_DIR OUT_DIR');
main(espeakDir, outDir);
