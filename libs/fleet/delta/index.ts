/**
 * Deltas: what a session changed, on its way from a device into the next model version. DELTA.md is the specification.
 *
 * Owns: the layout of a raw delta, its encoding, and the judgement whether a delta that arrives is the one expected.
 * Invariant: a raw delta that leaves `decodeDelta`, `acceptDelta` or `readRawDelta` has the layout's exact size, and every
 * value is one that a session can make.
 *
 * @example
 * const judged = checkDeltaHeader(result, { baseDigest, layout }); // before any byte: ack go on, or its status
 * const raw = acceptDelta(result, { baseDigest, layout }, encoded); // when the last byte is there
 */
export { acceptDelta, checkDeltaHeader, type DeltaExpectation, type DeltaHeader } from './check-delta';
export { decodeDelta } from './decode-delta';
export { encodeDelta } from './encode-delta';
export type { DeltaFault, DeltaFaultCode } from './faults';
export {
  ELEMENT_FORMATS,
  mostEncodedBytes,
  rawDeltaBytes,
  type DeltaLayout,
  type DeltaSlice,
  type DeltaVariable,
  type ElementFormat,
  type VariableKind,
  wholeCount,
} from './layout';
export { readRawDelta, writeRawDelta, type VariableDelta } from './raw-delta';
