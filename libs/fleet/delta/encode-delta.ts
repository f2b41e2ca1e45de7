import { at, ok, type Result } from '#libs/base/result';
import { bucketsAt, cumulative, ESCAPE, MIDDLE } from './bell';
import { Expectation, Levels } from './expectation';
import type { DeltaFault } from './faults';
import { ELEMENT_FORMATS, rowLengthsOf, type DeltaLayout } from './layout';
import { RangeEncoder } from './range-encoder';
import { readRawDelta, type VariableDelta } from './raw-delta';

/** The encoding of a raw delta (DELTA.md); the server needs it for tests and simulated devices only. */
export function encodeDelta(layout: DeltaLayout, raw: Uint8Array): Result<Uint8Array, DeltaFault> {
  const deltas = readRawDelta(layout, raw);
  if (!deltas.ok) return deltas;
  const out = new RangeEncoder();
  const levels = new Levels();
  const rowLengths = rowLengthsOf(layout);
  deltas.value.forEach((delta, i) => writeVariable(out, delta, { levels, rowLength: at(rowLengths, i) }));
  return ok(out.finish());
}

function writeVariable(
  out: RangeEncoder,
  { variable, values }: VariableDelta,
  { levels, rowLength }: { readonly levels: Levels; readonly rowLength: number },
): void {
  const { limit, escapeBits } = ELEMENT_FORMATS[variable.kind];
  const expectation = new Expectation(levels, variable, { rowLength, values });
  for (const value of values) {
    const { centre } = expectation;
    const buckets = bucketsAt(expectation.scale);
    const distance = value - centre;
    const bucket = MIDDLE + (distance >> buckets.shift);
    const isOutside = bucket < 0 || bucket >= ESCAPE;
    const symbol = isOutside ? ESCAPE : bucket;
    out.symbol({ below: cumulative(buckets, symbol), upTo: cumulative(buckets, symbol + 1) });
    if (isOutside) out.plain(value + limit, escapeBits);
    else out.plain(distance & (2 ** buckets.shift - 1), buckets.shift);
    expectation.learn(centre);
  }
}
