import { err, ok, type Result } from '#libs/base/result';
import { deltaFault, type DeltaFault } from './faults';
import { ELEMENT_FORMATS, rawDeltaBytes, type DeltaLayout, type DeltaVariable } from './layout';

/** The elements of one variable. */
export interface VariableDelta {
  readonly variable: DeltaVariable;
  readonly values: Int32Array;
}

/** The elements in a raw delta, or why it is none: its size, or a value that no session can make. */
export function readRawDelta(
  layout: DeltaLayout,
  raw: Uint8Array,
): Result<readonly VariableDelta[], DeltaFault> {
  const expected = rawDeltaBytes(layout);
  if (raw.length !== expected) {
    return err(
      deltaFault('delta.wrong-size', `a raw delta of ${raw.length} bytes, the scheme's has ${expected}`),
    );
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const deltas: VariableDelta[] = [];
  let offset = 0;
  for (const variable of layout.variables) {
    const { rawBytes, limit } = ELEMENT_FORMATS[variable.kind];
    const values = new Int32Array(variable.count);
    for (let i = 0; i < variable.count; i++, offset += rawBytes) {
      values[i] = rawBytes === 2 ? view.getInt16(offset, true) : view.getInt32(offset, true);
    }
    const beyond = values.find((value) => value < -limit || value > limit);
    if (beyond !== undefined) {
      return err(
        deltaFault('delta.out-of-range', `${variable.tensorName}: ${beyond}, at most ${limit} in magnitude`),
      );
    }
    deltas.push({ variable, values });
  }
  return ok(deltas);
}

/** The raw delta of these elements. */
export function writeRawDelta(deltas: readonly VariableDelta[]): Uint8Array {
  const variables = deltas.map(({ variable }) => variable);
  const raw = new Uint8Array(rawDeltaBytes({ schemeId: 0, variables }));
  const view = new DataView(raw.buffer);
  let offset = 0;
  for (const { variable, values } of deltas) {
    const { rawBytes } = ELEMENT_FORMATS[variable.kind];
    for (const value of values) {
      if (rawBytes === 2) view.setInt16(offset, value, true);
      else view.setInt32(offset, value, true);
      offset += rawBytes;
    }
  }
  return raw;
}
