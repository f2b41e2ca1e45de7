import { Rng } from '#libs/base/rng';
import type { SessionRow, SessionRows } from '#libs/model/session';

/** Labelled rows of int8 elements, as a file holds them. */
export interface LabelledRows {
  readonly elements: Int8Array;
  readonly labels: Uint8Array;
}

/** Rows that can be learnt: every class has a pattern of its own, each row is one with noise. Labels come by turns. */
export function learnableRows(
  count: number,
  inputBytes: number,
  classes: number,
  seed: number,
): LabelledRows {
  const rng = new Rng(seed);
  const patterns = Array.from({ length: classes }, () =>
    Int8Array.from({ length: inputBytes }, () => rng.below(161) - 80),
  );
  const labels = Uint8Array.from({ length: count }, (_, row) => row % classes);
  const elements = new Int8Array(count * inputBytes);
  labels.forEach((label, row) => {
    patterns[label]?.forEach((value, i) => {
      elements[row * inputBytes + i] = value + rng.below(81) - 40;
    });
  });
  return { elements, labels };
}

/** The first `adaptCount` to learn from, the others to test on. */
export function sessionRows({ elements, labels }: LabelledRows, adaptCount: number): SessionRows {
  const size = elements.length / labels.length;
  const rows = Array.from(labels, (label, row): SessionRow => ({
    features: elements.subarray(row * size, (row + 1) * size),
    label,
  }));
  return { adapt: rows.slice(0, adaptCount), test: rows.slice(adaptCount) };
}
