import { ByteWriter } from '#libs/base/bytes';
import { Rng } from '#libs/base/rng';
import { decodeDelta, type DeltaLayout } from '#libs/fleet/delta';
import type { Dataset } from '#libs/model/dataset';

/**
 * A model for tests of everything around a model (firmware-templates/test/perceptron): its parameters, items, and the
 * layout of its delta.
 */
export const PERCEPTRON = {
  inputs: 16,
  classes: 3,
  layout: 7,
  scheme: 9,
  parameterBytes: 10_300,
  headAt: 64,
} as const;

const BIAS_BYTES = 4;

const DELTA: DeltaLayout = {
  schemeId: PERCEPTRON.scheme,
  variables: [
    { tensorName: 'head', kind: 'head', count: PERCEPTRON.inputs * PERCEPTRON.classes },
    { tensorName: 'bias', kind: 'bias', count: PERCEPTRON.classes },
  ],
};

export function decodePerceptronDelta(encoded: Uint8Array): Uint8Array | undefined {
  const raw = decodeDelta(DELTA, encoded);
  return raw.ok ? raw.value : undefined;
}

/** `version` only changes bytes of the first chunk, as a new model version of a sparse scheme would. */
export function perceptronParameters(version: number): Uint8Array {
  const rng = new Rng(1);
  const bytes = Uint8Array.from({ length: PERCEPTRON.parameterBytes }, () => rng.below(256));
  bytes.fill(0, PERCEPTRON.headAt, PERCEPTRON.headAt + PERCEPTRON.classes * (PERCEPTRON.inputs + BIAS_BYTES));
  bytes[PERCEPTRON.headAt] = version;
  return bytes;
}

/** Items of three classes, each a bump at its own place. */
export function perceptronItems(seed: number, adaptCount: number, testCount: number): Dataset {
  const rng = new Rng(seed);
  const { inputs, classes } = PERCEPTRON;
  const count = adaptCount + testCount;
  const labels = Uint8Array.from({ length: count }, () => rng.below(classes));
  const elements = new Int8Array(count * inputs);
  labels.forEach((label, i) => {
    for (let j = 0; j < inputs; j++) {
      const isBump = Math.floor(j / 5) === label;
      elements[i * inputs + j] = (isBump ? 60 : 0) + rng.below(50) - 25;
    }
  });
  return { classes, itemBytes: inputs, adaptCount, scale: 1, zeroPoint: 0, labels, elements };
}

interface Session {
  readonly parameters: Uint8Array;
  readonly items: Dataset;
  readonly order: readonly number[];
}

/** The delta of a session over `order`, by the model's rule told once more. */
export function perceptronDelta({ parameters, items, order }: Session): Uint8Array {
  const { inputs, classes, headAt } = PERCEPTRON;
  const start = Int16Array.from(
    new Int8Array(parameters.slice(headAt, headAt + inputs * classes)),
    (w) => w * 16,
  );
  const weights = start.slice();
  for (const index of order) {
    const x = items.elements.subarray(index * inputs, (index + 1) * inputs);
    const label = items.labels[index] as number;
    const logits = Array.from({ length: classes }, (_, k) =>
      x.reduce((sum, value, i) => sum + value * (weights[k * inputs + i] as number), 0),
    );
    const guess = logits.indexOf(Math.max(...logits));
    if (guess === label) continue;
    x.forEach((value, i) => {
      weights[label * inputs + i] = (weights[label * inputs + i] as number) + Math.trunc(value / 8);
      weights[guess * inputs + i] = (weights[guess * inputs + i] as number) - Math.trunc(value / 8);
    });
  }
  const writer = new ByteWriter();
  weights.forEach((weight, i) => writer.i16(weight - (start[i] as number)));
  for (let k = 0; k < classes; k++) writer.i32(0);
  return writer.finish();
}
