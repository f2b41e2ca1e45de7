import fc from 'fast-check';
import { Rng } from '#libs/base/rng';
import {
  ELEMENT_FORMATS,
  writeRawDelta,
  type DeltaLayout,
  type VariableDelta,
  type VariableKind,
} from '#libs/fleet/delta';

export interface ArbitraryDelta {
  readonly layout: DeltaLayout;
  readonly deltas: readonly VariableDelta[];
  readonly raw: Uint8Array;
}

/** Elements as sessions make them: mostly small around one size, a few anywhere in the range. */
function elements(kind: VariableKind, most: number): fc.Arbitrary<number[]> {
  const { limit } = ELEMENT_FORMATS[kind];
  const anywhere = fc.integer({ min: -limit, max: limit });
  return fc
    .integer({ min: 0, max: limit })
    .chain((size) =>
      fc.array(
        fc.oneof(
          { weight: 20, arbitrary: fc.integer({ min: -size, max: size }) },
          { weight: 1, arbitrary: anywhere },
        ),
        { maxLength: most },
      ),
    );
}

const variableOf = (kind: VariableKind, values: readonly number[]): VariableDelta => ({
  variable: { tensorName: kind, kind, count: values.length },
  values: Int32Array.from(values),
});

/** Any elements, in one row where they are weights. */
const variable = (most: number): fc.Arbitrary<readonly VariableDelta[]> =>
  fc
    .constantFrom<VariableKind[]>('weights', 'head', 'bias')
    .chain((kind) => elements(kind, most).map((values) => [variableOf(kind, values)]));

/** Weights in rows with their biases; rows are multiples of one of them and noise. */
const layer = (most: number): fc.Arbitrary<readonly VariableDelta[]> =>
  fc
    .record({
      kind: fc.constantFrom<VariableKind[]>('weights', 'head'),
      first: elements('weights', most).filter((row) => row.length > 0),
      factors: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 2 * most }),
      noise: fc.integer({ min: 0, max: 2 ** 16 }),
    })
    .map(({ kind, first, factors, noise }) => {
      const { limit } = ELEMENT_FORMATS[kind];
      const rng = new Rng(noise);
      const size = 1 + (noise % 20);
      const rows = factors.flatMap((factor) =>
        first.map((value) => Math.max(-limit, Math.min(limit, factor * value + rng.below(size)))),
      );
      return [variableOf(kind, rows), variableOf('bias', factors)];
    });

/** Any delta of up to 5 variables of up to `most` elements, or layers of up to twice as many such rows. */
export const arbitraryDelta = (most = 60): fc.Arbitrary<ArbitraryDelta> =>
  fc.array(fc.oneof(variable(most), layer(most)), { maxLength: 5 }).map((parts) => {
    const deltas = parts.flat();
    return {
      layout: { schemeId: 7, variables: deltas.map((one) => one.variable) },
      deltas,
      raw: writeRawDelta(deltas),
    };
  });
