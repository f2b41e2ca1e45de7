import { ok, type Result } from '#libs/base/result';
import { BitWriter } from './bit-stream';
import type { DeltaFault } from './faults';
import { ELEMENT_FORMATS, type DeltaLayout } from './layout';
import { readRawDelta, type VariableDelta } from './raw-delta';
import { ESCAPE_QUOTIENT, riceParameter, zigZag } from './rice';

/** The encoding of a raw delta (DELTA.md); the server needs it for tests and simulated devices only. */
export function encodeDelta(layout: DeltaLayout, raw: Uint8Array): Result<Uint8Array, DeltaFault> {
  const deltas = readRawDelta(layout, raw);
  if (!deltas.ok) return deltas;
  const out = new BitWriter();
  for (const delta of deltas.value) if (delta.values.length > 0) writeVariable(out, delta);
  return ok(out.finish());
}

function writeVariable(out: BitWriter, { variable, values }: VariableDelta): void {
  const { escapeBits } = ELEMENT_FORMATS[variable.kind];
  const k = riceParameter(values, escapeBits);
  out.put(k, 4);
  for (const value of values) {
    const u = zigZag(value);
    const quotient = u >>> k;
    if (quotient < ESCAPE_QUOTIENT) {
      out.put((1 << quotient) - 1, quotient + 1);
      out.put(u & ((1 << k) - 1), k);
    } else {
      out.put((1 << ESCAPE_QUOTIENT) - 1, ESCAPE_QUOTIENT);
      out.put(u, escapeBits);
    }
  }
}
