import { digestOf } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { trainingGraph } from '#libs/model/passes';
import { rateOf, type Rates } from '#libs/model/quant';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes, sharedJson, sharedText } from '#test/support/shared-files';
import { createSession, type TrainingSession } from './training-session';

const FOLDER = 'models/kws-digits/training';
const LABELS = 'data/fsdd/fsdd-logmel.labels.u8';
const INPUT_BYTES = 1960;

interface GoldenStep {
  readonly t: number;
  readonly loss_q16_bits: number;
  readonly logits_q16: readonly number[];
  readonly sha256: string;
}

interface Golden {
  readonly scheme: keyof typeof KWS_SCHEMES;
  readonly seed: number;
  readonly lr: { readonly weights: number; readonly bias: number; readonly head: number };
  readonly sha256_before: string;
  readonly steps: readonly GoldenStep[];
}

/** The model inputs of a set by row of the recordings. */
function inputsOf(set: string): (row: number) => Int8Array {
  const name = set === 'D' ? 'inputs-D' : 'inputs';
  const rows = sharedJson<readonly number[]>(`${FOLDER}/${name}.rows.json`);
  const bytes = new Int8Array(sharedBytes(`${FOLDER}/${name}.i8`).buffer);
  return (row) => {
    const start = rows.indexOf(row) * INPUT_BYTES;
    return bytes.subarray(start, start + INPUT_BYTES);
  };
}

/** One line "seed lr lr lr steps", then the row of every step. */
const rowsOf = (set: string): readonly number[] =>
  sharedText(`${FOLDER}/${set}/rows.txt`).trim().split(/\s+/).slice(5).map(Number);

interface Trained {
  readonly session: TrainingSession;
  readonly golden: Golden;
  readonly steps: readonly GoldenStep[];
}

function train(set: string): Trained {
  const golden = sharedJson<Golden>(`${FOLDER}/${set}/golden.json`);
  const labels = sharedBytes(LABELS);
  const inputOf = inputsOf(set);
  const session = createSession(unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES[golden.scheme])));
  const rates: Rates = {
    weights: rateOf(golden.lr.weights),
    bias: rateOf(golden.lr.bias),
    head: rateOf(golden.lr.head),
  };
  const watched = new Set(golden.steps.map(({ t }) => t));
  expect(digestOf(session.state())).toBe(golden.sha256_before);
  const steps = rowsOf(set).flatMap((row, t): readonly GoldenStep[] => {
    session.forward(inputOf(row));
    const loss = session.loss(at(labels, 2 * row));
    session.backward({ seed: golden.seed, index: t, rates });
    if (!watched.has(t)) return [];
    return [{ t, loss_q16_bits: loss, logits_q16: [...session.logits()], sha256: digestOf(session.state()) }];
  });
  return { session, golden, steps };
}

const shared = [LABELS, `${FOLDER}/D/golden.json`, `${FOLDER}/inputs-D.i8`];

describeWithShared(shared, 'a training session on kws-digits', () => {
  it.each(['A', 'B', 'C', 'D'])(
    'gives the golden loss, logits, states and delta of set %s',
    (set) => {
      const { session, golden, steps } = train(set);
      const watched = golden.steps.map(({ t, loss_q16_bits, logits_q16, sha256 }) => ({
        t,
        loss_q16_bits,
        logits_q16,
        sha256,
      }));
      expect(steps).toEqual(watched);
      expect(digestOf(session.state())).toBe(digestOf(sharedBytes(`${FOLDER}/${set}/state-final.bin`)));
      expect(digestOf(session.delta())).toBe(digestOf(sharedBytes(`${FOLDER}/${set}/delta.bin`)));
    },
    120_000,
  );
});
