import { at } from '#libs/base/result';
import { rateOf } from '#libs/model/quant';
import type { TrainJob } from '#libs/firmware/toolchain';
import type { KWS_SCHEMES } from '#test/support/kws-digits';
import { sharedBytes, sharedJson, sharedText } from '#test/support/shared-files';

/** Golden training vectors of NUMERICS (../shared/models/kws-digits/training/README.md). */
const FOLDER = 'models/kws-digits/training';
const LABELS = 'data/fsdd/fsdd-logmel.labels.u8';
const INPUT_BYTES = 1960;

export type GoldenSet = 'A' | 'B' | 'C' | 'D';

export interface GoldenStep {
  readonly t: number;
  readonly loss_q16_bits: number;
  readonly logits_q16: readonly number[];
  readonly sha256: string;
}

export interface Golden {
  readonly scheme: keyof typeof KWS_SCHEMES;
  readonly seed: number;
  readonly lr: { readonly weights: number; readonly bias: number; readonly head: number };
  readonly sha256_before: string;
  readonly steps: readonly GoldenStep[];
}

/** Files without which nothing here can be read. */
export const GOLDEN_FILES = [LABELS, `${FOLDER}/D/golden.json`, `${FOLDER}/inputs-D.i8`];

export const goldenOf = (set: GoldenSet): Golden => sharedJson<Golden>(`${FOLDER}/${set}/golden.json`);
export const goldenState = (set: GoldenSet): Uint8Array => sharedBytes(`${FOLDER}/${set}/state-final.bin`);
export const goldenDelta = (set: GoldenSet): Uint8Array => sharedBytes(`${FOLDER}/${set}/delta.bin`);

/** One line "seed lr lr lr steps", then the row of every step. */
const rowsOf = (set: GoldenSet): readonly number[] =>
  sharedText(`${FOLDER}/${set}/rows.txt`).trim().split(/\s+/).slice(5).map(Number);

/** The session of a set as a job, with a digest of the state after every step. */
export function goldenJob(set: GoldenSet, parameters: Uint8Array): TrainJob {
  const { seed, lr } = goldenOf(set);
  const name = set === 'D' ? 'inputs-D' : 'inputs';
  const rows = sharedJson<readonly number[]>(`${FOLDER}/${name}.rows.json`);
  const bytes = new Int8Array(sharedBytes(`${FOLDER}/${name}.i8`).buffer);
  const labels = sharedBytes(LABELS);
  const rates = { firstStep: 0, weights: rateOf(lr.weights), bias: rateOf(lr.bias), head: rateOf(lr.head) };
  return {
    parameters,
    inputs: rows.map((_, i) => bytes.subarray(i * INPUT_BYTES, (i + 1) * INPUT_BYTES)),
    steps: rowsOf(set).map((row) => ({ input: rows.indexOf(row), label: at(labels, 2 * row) })),
    seed,
    rates: [rates],
    digests: true,
  };
}

const GOLDEN_INPUTS = 'models/kws-digits/factory-espeak.golden-in.i8';
export const FORWARD_FILES = [GOLDEN_INPUTS];

/** The 20 golden inputs of the model. */
export function goldenInputs(): readonly Int8Array[] {
  const bytes = new Int8Array(sharedBytes(GOLDEN_INPUTS).buffer);
  return Array.from({ length: bytes.length / INPUT_BYTES }, (_, i) =>
    bytes.subarray(i * INPUT_BYTES, (i + 1) * INPUT_BYTES),
  );
}
