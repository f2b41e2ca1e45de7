import { Rng } from '#libs/base/rng';
import { unwrap } from '#libs/base/result';
import { encodeDelta, writeRawDelta, type DeltaLayout, type VariableKind } from '#libs/fleet/delta';

/** The deltas of test/vectors/delta: the corners of the encoding, and one as a session makes them. */
export interface GoldenDelta {
  readonly name: string;
  readonly layout: DeltaLayout;
  readonly raw: Uint8Array;
  readonly encoded: Uint8Array;
}

function golden(
  name: string,
  ...variables: readonly (readonly [VariableKind, readonly number[]])[]
): GoldenDelta {
  const deltas = variables.map(([kind, values], i) => ({
    variable: { tensorName: `${kind}-${i}`, kind, count: values.length },
    values: Int32Array.from(values),
  }));
  const layout = { schemeId: 1, variables: deltas.map(({ variable }) => variable) };
  const raw = writeRawDelta(deltas);
  return { name, layout, raw, encoded: unwrap(encodeDelta(layout, raw)) };
}

/** Values spread like a session's: the sum of four draws, mostly small. */
function spread(seed: number, count: number, size: number): number[] {
  const rng = new Rng(seed);
  const draw = (): number => rng.below(2 * size + 1) - size;
  return Array.from({ length: count }, () => Math.trunc((draw() * draw() * draw()) / (size * size)));
}

/** Rows that are multiples of the first with noise, each of its own size: what earlier rows tell matters, and they are more than are compared. */
function rows(seed: number, count: number, length: number): number[] {
  const rng = new Rng(seed);
  const first = spread(seed, length, 20);
  return Array.from({ length: count }, () => rng.below(7) - 3).flatMap((factor) =>
    first.map((value) => factor * value + rng.below(9) - 4),
  );
}

export const GOLDEN_DELTAS: readonly GoldenDelta[] = [
  golden('nothing', ['weights', []]),
  golden('zeros', ['weights', Array.from({ length: 64 }, () => 0)], ['bias', [0]]),
  golden('small values', ['weights', [0, -1, 1, 2]]),
  golden(
    'the extremes',
    ['weights', [254, -254]],
    ['head', [16_382, -16_382]],
    ['bias', [8_388_608, -8_388_608]],
  ),
  golden('values far from the others', ['weights', [0, 0, -254, 0, 1]], ['head', [3, -2, 16_382]]),
  golden('variables without elements', ['weights', []], ['bias', [5, -6]], ['head', []], ['weights', [1]]),
  golden(
    'rows like those before them',
    ['weights', rows(7, 40, 11)],
    ['bias', spread(8, 40, 300)],
    ['head', rows(9, 5, 7)],
    ['bias', spread(10, 5, 300)],
  ),
  golden('a row of many elements', ['weights', spread(11, 300, 9)], ['bias', [7]]),
  golden(
    'a session',
    ['weights', spread(1, 600, 60)],
    ['bias', spread(2, 40, 3_000)],
    ['weights', spread(3, 300, 3)],
    ['bias', spread(4, 24, 100_000)],
    ['head', spread(5, 200, 700)],
    ['bias', spread(6, 10, 50_000)],
  ),
];
