import type { Fault } from '#libs/base/result';

export type AggregateFaultCode =
  | 'aggregate.ambiguous-name'
  | 'aggregate.wrong-master'
  | 'aggregate.no-contributions'
  | 'aggregate.bad-policy'
  | 'aggregate.bad-sample-count'
  | 'aggregate.duplicate-device'
  | 'aggregate.unknown-parameter'
  | 'aggregate.bad-delta';

export interface AggregateFault extends Fault {
  readonly code: AggregateFaultCode;
  /** The contribution at fault, where one is. */
  readonly deviceId?: string;
}
