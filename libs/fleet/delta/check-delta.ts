import { equalBytes, sha256 } from '#libs/base/bytes';
import { err, ok, type Result } from '#libs/base/result';
import { decodeDelta } from './decode-delta';
import { deltaFault, type DeltaFault } from './faults';
import { mostEncodedBytes, type DeltaLayout } from './layout';

/** What a device says of its delta before it sends it (`up/result`, keys 15 to 18). */
export interface DeltaHeader {
  /** SHA-256 of the parameter image trained from. */
  readonly baseDigest: Uint8Array;
  readonly scheme: number;
  /** Encoded. */
  readonly deltaBytes: number;
  /** SHA-256 of the raw delta. */
  readonly deltaDigest: Uint8Array;
}

/** What the server told the device to train. */
export interface DeltaExpectation {
  readonly baseDigest: Uint8Array;
  readonly layout: DeltaLayout;
}

/** Whether a delta with this header may be sent: judged before any byte of it is taken. */
export function checkDeltaHeader(header: DeltaHeader, expected: DeltaExpectation): Result<void, DeltaFault> {
  if (!equalBytes(header.baseDigest, expected.baseDigest)) {
    return err(deltaFault('delta.wrong-base', 'trained from other parameters than the job gave'));
  }
  if (header.scheme !== expected.layout.schemeId) {
    return err(
      deltaFault('delta.wrong-scheme', `scheme ${header.scheme}, the job's is ${expected.layout.schemeId}`),
    );
  }
  const most = mostEncodedBytes(expected.layout);
  if (header.deltaBytes > most) {
    return err(
      deltaFault('delta.wrong-size', `${header.deltaBytes} bytes, the scheme's deltas have at most ${most}`),
    );
  }
  return ok(undefined);
}

/** The raw delta, once all bytes are there: the header, the encoding and the digest agree. */
export function acceptDelta(
  header: DeltaHeader,
  expected: DeltaExpectation,
  encoded: Uint8Array,
): Result<Uint8Array, DeltaFault> {
  const checked = checkDeltaHeader(header, expected);
  if (!checked.ok) return checked;
  if (encoded.length !== header.deltaBytes) {
    return err(
      deltaFault('delta.wrong-size', `${encoded.length} bytes came, ${header.deltaBytes} were announced`),
    );
  }
  const raw = decodeDelta(expected.layout, encoded);
  if (!raw.ok) return raw;
  if (!equalBytes(sha256(raw.value), header.deltaDigest)) {
    return err(deltaFault('delta.wrong-digest', 'the delta is not the one that was announced'));
  }
  return raw;
}
