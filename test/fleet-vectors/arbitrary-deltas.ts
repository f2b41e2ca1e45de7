import fc from 'fast-check';
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

const variable = (most: number): fc.Arbitrary<VariableDelta> =>
  fc
    .constantFrom<VariableKind[]>('weights', 'head', 'bias')
    .chain((kind) => fc.tuple(fc.constant(kind), elements(kind, most)))
    .map(([kind, values]) => ({
      variable: { tensorName: kind, kind, count: values.length },
      values: Int32Array.from(values),
    }));

/** Any delta of up to 5 variables of up to `most` elements. */
export const arbitraryDelta = (most = 60): fc.Arbitrary<ArbitraryDelta> =>
  fc.array(variable(most), { maxLength: 5 }).map((deltas) => ({
    layout: { schemeId: 7, variables: deltas.map((one) => one.variable) },
    deltas,
    raw: writeRawDelta(deltas),
  }));
