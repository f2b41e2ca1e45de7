/**
 * Status codes of PROTOCOL.md: 0 or positive is well, negative a refusal. One table for the wire, the database, the
 * screen and the C (`fl_codes.h`, held equal by a spec).
 */
export interface DeviceCode {
  readonly code: number;
  readonly name: string;
  /** For people. */
  readonly sentence: string;
}

const CODES = [
  { code: 0, name: 'ok', sentence: 'all is well' },
  { code: 1, name: 'stored', sentence: 'the execution is over and kept' },
  { code: -1, name: 'malformed', sentence: 'the message is not what the protocol says' },
  { code: -2, name: 'tokenRefused', sentence: 'the enrolment token is unknown, expired or used up' },
  { code: -3, name: 'uidConflict', sentence: 'this board is enrolled already, with another nonce' },
  { code: -4, name: 'unknownExecution', sentence: 'no such execution of this device, or an older attempt' },
  { code: -5, name: 'wrongBase', sentence: 'the delta was trained from another model version' },
  { code: -6, name: 'wrongScheme', sentence: 'the delta is of another scheme' },
  { code: -7, name: 'wrongSize', sentence: 'the sizes do not agree' },
  { code: -8, name: 'wrongDigest', sentence: 'the SHA-256 does not match' },
  { code: -9, name: 'chunkOutOfRange', sentence: 'no such chunk, or too many at once' },
  { code: -10, name: 'unknownArtifact', sentence: "no such artifact, or not this device's" },
  { code: -11, name: 'doesNotFit', sentence: 'there is no way to run the model in this memory' },
  { code: -12, name: 'closed', sentence: 'the round was closed before' },
  { code: -13, name: 'diverged', sentence: 'training diverged; the old weights stay' },
  { code: -14, name: 'flashFailed', sentence: 'the device could not store what it received' },
  { code: -15, name: 'wrongProgram', sentence: 'the program was built for another layout or scheme' },
  { code: -16, name: 'noData', sentence: 'there are no items to learn from or to test on' },
] as const satisfies readonly DeviceCode[];

export type DeviceCodeName = (typeof CODES)[number]['name'];
/** Codes of refusals and failures. */
export type RefusalName = Exclude<DeviceCodeName, 'ok' | 'stored'>;

export const DEVICE_CODES: readonly (DeviceCode & { readonly name: DeviceCodeName })[] = CODES;

/** Every code by its name: `Status.wrongBase` is -5. */
export const Status = Object.fromEntries(CODES.map(({ name, code }) => [name, code])) as Readonly<
  Record<DeviceCodeName, number>
>;

/** The table's row of a code that arrived; undefined if this version of the table does not have it. */
export const deviceCode = (code: number): (DeviceCode & { readonly name: DeviceCodeName }) | undefined =>
  DEVICE_CODES.find((row) => row.code === code);

/** A sentence for any code, known or not. */
export const codeSentence = (code: number): string =>
  deviceCode(code)?.sentence ?? `code ${code}, which this server does not know`;
