import { ok, type Result } from '#libs/base/result';
import { BitWriter } from './bit-stream';
import type { DeltaFault } from './faults';
import { ELEMENT_FORMATS, type DeltaLayout } from './layout';
import { readRawDelta, type VariableDelta } from './raw-delta';
import { ESCAPE_QUOTIENT, RunningMeans, zigZag } from './rice';

/** The encoding of a raw delta (DELTA.md); the server needs it for tests and simulated devices only. */
export function encodeDelta(layout: DeltaLayout, raw: Uint8Array): Result<Uint8Array, DeltaFault> {
  const deltas = readRawDelta(layout, raw);
  if (!deltas.ok) return deltas;
  const out = new BitWriter();
  const means = new RunningMeans();
  for (const delta of deltas.value) writeVariable(out, means, delta);
  return ok(out.finish());
}

function writeVariable(out: BitWriter, means: RunningMeans, { variable, values }: VariableDelta): void {
  const { escapeBits } = ELEMENT_FORMATS[variable.kind];
  for (const value of values) {
    const u = zigZag(value);
    const k = means.parameter(variable.kind);
    const quotient = u >>> k;
    if (quotient < ESCAPE_QUOTIENT) {
      out.put((1 << quotient) - 1, quotient + 1);
      out.put(u & ((1 << k) - 1), k);
    } else {
      out.put((1 << ESCAPE_QUOTIENT) - 1, ESCAPE_QUOTIENT);
      out.put(u, escapeBits);
    }
    means.add(variable.kind, u);
  }
}
