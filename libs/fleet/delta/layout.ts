/** What a delta is made of: the trained variables, in the order of the program's table. */

/** As `FL_VARIABLE_...` of fl_model.h. */
export type VariableKind = 'weights' | 'head' | 'bias';

/**
 * The part of a tensor that is trained, in canonical order (N1): its first `run` elements of every `stride`. So the weights of the
 * first n of I input channels are n * taps of every I * taps; of the first channels of a depthwise layer, all at the beginning.
 */
export interface DeltaSlice {
  readonly run: number;
  readonly stride: number;
}

export interface DeltaVariable {
  /** The tensor of the model version whose values start this variable. */
  readonly tensorName: string;
  readonly kind: VariableKind;
  /** Elements that are trained. */
  readonly count: number;
  /** Absent: the whole tensor. */
  readonly slice?: DeltaSlice;
}

export interface DeltaLayout {
  /** Which scheme trains these variables (hello, key 3). */
  readonly schemeId: number;
  readonly variables: readonly DeltaVariable[];
}

/** How an element of each kind is written (DELTA.md). */
export interface ElementFormat {
  /** Bytes in the raw delta. */
  readonly rawBytes: 2 | 4;
  /** Largest magnitude. */
  readonly limit: number;
  /** Bits of an element that is written in full: those of 2 * limit. */
  readonly escapeBits: number;
}

export const ELEMENT_FORMATS: Readonly<Record<VariableKind, ElementFormat>> = {
  weights: { rawBytes: 2, limit: 254, escapeBits: 9 },
  head: { rawBytes: 2, limit: 16_382, escapeBits: 15 },
  bias: { rawBytes: 4, limit: 8_388_608, escapeBits: 25 },
};

/** Elements of the whole tensor. */
export const wholeCount = ({ count, slice }: Pick<DeltaVariable, 'count' | 'slice'>): number =>
  slice ? (count / slice.run) * slice.stride : count;

/** Bytes of a raw delta (NUMERICS N12). */
export const rawDeltaBytes = ({ variables }: DeltaLayout): number =>
  variables.reduce((sum, { kind, count }) => sum + count * ELEMENT_FORMATS[kind].rawBytes, 0);

/**
 * Elements of the rows of each variable: a row is what belongs to one output channel. A layer's weights stand before its biases, so that
 * there are as many rows as biases behind them; weights without biases are one row.
 */
export const rowLengthsOf = ({ variables }: DeltaLayout): readonly number[] =>
  variables.map(({ kind, count }, i) => {
    if (kind === 'bias') return 1;
    const next = variables[i + 1];
    const rows = next?.kind === 'bias' ? next.count : 1;
    return rows > 0 && count % rows === 0 ? count / rows : count;
  });

/** A symbol takes 16 bits at most; what range coding loses by rounding, less than one more; the stream's end is two bytes. */
const SYMBOL_BITS = 17;

/** No encoding of a delta of this layout has more bytes. */
export function mostEncodedBytes({ variables }: DeltaLayout): number {
  const bits = variables.reduce(
    (sum, { kind, count }) => sum + count * (SYMBOL_BITS + ELEMENT_FORMATS[kind].escapeBits),
    0,
  );
  return Math.ceil(bits / 8) + 2;
}
