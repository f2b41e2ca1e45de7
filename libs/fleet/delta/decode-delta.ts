import { err, ok, type Result } from '#libs/base/result';
import { BitReader } from './bit-stream';
import { deltaFault, type DeltaFault } from './faults';
import { ELEMENT_FORMATS, mostEncodedBytes, type DeltaLayout, type DeltaVariable } from './layout';
import { writeRawDelta, type VariableDelta } from './raw-delta';
import { ESCAPE_QUOTIENT, RunningMeans, unZigZag } from './rice';

/** The raw delta in an encoding that came from outside. Work is linear in the layout's elements. */
export function decodeDelta(layout: DeltaLayout, encoded: Uint8Array): Result<Uint8Array, DeltaFault> {
  const most = mostEncodedBytes(layout);
  if (encoded.length > most) {
    return err(
      deltaFault('delta.trailing-bytes', `${encoded.length} bytes, the scheme's deltas have at most ${most}`),
    );
  }
  const bits = new BitReader(encoded);
  const means = new RunningMeans();
  const deltas: VariableDelta[] = [];
  for (const variable of layout.variables) {
    const values = readVariable(bits, means, variable);
    if (!values.ok) return values;
    deltas.push({ variable, values: values.value });
  }
  if (bits.bytesLeft > 0)
    return err(deltaFault('delta.trailing-bytes', `${bits.bytesLeft} bytes after the last value`));
  if (bits.padding !== 0)
    return err(deltaFault('delta.bad-padding', 'the last byte is not filled with 0 bits'));
  return ok(writeRawDelta(deltas));
}

function readVariable(
  bits: BitReader,
  means: RunningMeans,
  variable: DeltaVariable,
): Result<Int32Array, DeltaFault> {
  const values = new Int32Array(variable.count);
  for (let i = 0; i < variable.count; i++) {
    const u = readNumber(bits, variable, means.parameter(variable.kind));
    if (!u.ok) return u;
    means.add(variable.kind, u.value);
    values[i] = unZigZag(u.value);
  }
  return ok(values);
}

/** An element as its zig-zag. */
function readNumber(
  bits: BitReader,
  { kind, tensorName }: DeltaVariable,
  k: number,
): Result<number, DeltaFault> {
  const { limit, escapeBits } = ELEMENT_FORMATS[kind];
  let quotient = 0;
  while (quotient < ESCAPE_QUOTIENT && bits.get(1) === 1) quotient++;
  const isLong = quotient === ESCAPE_QUOTIENT;
  const u = isLong ? bits.get(escapeBits) : quotient * 2 ** k + bits.get(k);
  if (bits.isPastEnd)
    return err(deltaFault('delta.truncated', `${tensorName}: the delta ends before its last value`));
  if (u > 2 * limit)
    return err(deltaFault('delta.out-of-range', `${tensorName}: ${unZigZag(u)}, at most ${limit}`));
  if (isLong && u >>> k < ESCAPE_QUOTIENT) {
    return err(deltaFault('delta.not-shortest', `${tensorName}: ${unZigZag(u)} in the long form`));
  }
  return ok(u);
}
