import { err, ok, type Result } from '#libs/base/result';
import { BitReader } from './bit-stream';
import { deltaFault, type DeltaFault } from './faults';
import { ELEMENT_FORMATS, mostEncodedBytes, type DeltaLayout, type DeltaVariable } from './layout';
import { writeRawDelta, type VariableDelta } from './raw-delta';
import { ESCAPE_QUOTIENT, MAX_RICE_PARAMETER, unZigZag } from './rice';

/** The raw delta in an encoding that came from outside. Work is linear in the layout's elements. */
export function decodeDelta(layout: DeltaLayout, encoded: Uint8Array): Result<Uint8Array, DeltaFault> {
  const most = mostEncodedBytes(layout);
  if (encoded.length > most) {
    return err(
      deltaFault('delta.trailing-bytes', `${encoded.length} bytes, the scheme's deltas have at most ${most}`),
    );
  }
  const bits = new BitReader(encoded);
  const deltas: VariableDelta[] = [];
  for (const variable of layout.variables) {
    const values = readVariable(bits, variable);
    if (!values.ok) return values;
    deltas.push({ variable, values: values.value });
  }
  if (bits.bytesLeft > 0)
    return err(deltaFault('delta.trailing-bytes', `${bits.bytesLeft} bytes after the last value`));
  if (bits.padding !== 0)
    return err(deltaFault('delta.bad-padding', 'the last byte is not filled with 0 bits'));
  return ok(writeRawDelta(deltas));
}

function readVariable(bits: BitReader, variable: DeltaVariable): Result<Int32Array, DeltaFault> {
  const values = new Int32Array(variable.count);
  if (variable.count === 0) return ok(values);
  const k = bits.get(4);
  if (k > MAX_RICE_PARAMETER) {
    return err(
      deltaFault('delta.bad-rice-parameter', `${variable.tensorName}: ${k}, at most ${MAX_RICE_PARAMETER}`),
    );
  }
  for (let i = 0; i < variable.count; i++) {
    const value = readValue(bits, variable, k);
    if (!value.ok) return value;
    values[i] = value.value;
  }
  return ok(values);
}

function readValue(
  bits: BitReader,
  { kind, tensorName }: DeltaVariable,
  k: number,
): Result<number, DeltaFault> {
  const { limit, escapeBits } = ELEMENT_FORMATS[kind];
  let quotient = 0;
  while (quotient < ESCAPE_QUOTIENT && bits.get(1) === 1) quotient++;
  const isLong = quotient === ESCAPE_QUOTIENT;
  const u = isLong ? bits.get(escapeBits) : (quotient << k) + bits.get(k);
  if (bits.isPastEnd)
    return err(deltaFault('delta.truncated', `${tensorName}: the delta ends before its last value`));
  if (u > 2 * limit)
    return err(deltaFault('delta.out-of-range', `${tensorName}: ${unZigZag(u)}, at most ${limit}`));
  if (isLong && u >>> k < ESCAPE_QUOTIENT) {
    return err(deltaFault('delta.not-shortest', `${tensorName}: ${unZigZag(u)} in the long form`));
  }
  return ok(unZigZag(u));
}
