import type { Fault } from '#libs/base/result';
import type { RefusalName } from '#libs/fleet/protocol';

export type DeltaFaultCode =
  | 'delta.wrong-size'
  | 'delta.truncated'
  | 'delta.trailing-bytes'
  | 'delta.bad-end'
  | 'delta.out-of-range'
  | 'delta.no-symbol'
  | 'delta.not-shortest'
  | 'delta.wrong-base'
  | 'delta.wrong-scheme'
  | 'delta.wrong-digest';

/** Why a delta is refused. */
export interface DeltaFault extends Fault {
  readonly code: DeltaFaultCode;
  /** What the device is told: a name of the protocol's table of status codes. */
  readonly status: RefusalName;
}

const STATUS: Readonly<Record<DeltaFaultCode, RefusalName>> = {
  'delta.wrong-size': 'wrongSize',
  'delta.truncated': 'wrongSize',
  'delta.trailing-bytes': 'wrongSize',
  'delta.bad-end': 'malformed',
  'delta.out-of-range': 'malformed',
  'delta.no-symbol': 'malformed',
  'delta.not-shortest': 'malformed',
  'delta.wrong-base': 'wrongBase',
  'delta.wrong-scheme': 'wrongScheme',
  'delta.wrong-digest': 'wrongDigest',
};

export const deltaFault = (code: DeltaFaultCode, message: string): DeltaFault => ({
  code,
  message,
  status: STATUS[code],
});
