import type { Fault } from '#libs/base/result';

/**
 * - `scheme.invalid`: the scheme is not one of this graph (a layer that is not there, an unsupported ratio);
 * - `scheme.unknown-key`: its JSON says something that no scheme has;
 * - `scheme.not-trainable`: the graph has an operator that the training step cannot go through;
 * - `scheme.does-not-fit`: no scheme of a ladder fits the budget.
 */
export type SchemeFaultCode =
  'scheme.invalid' | 'scheme.unknown-key' | 'scheme.not-trainable' | 'scheme.does-not-fit';

export interface SchemeFault extends Fault {
  readonly code: SchemeFaultCode;
  /** The operator at fault, where one is. */
  readonly operator?: string;
  /** does-not-fit: the smallest peak found, bytes. */
  readonly smallestPeakBytes?: number;
}

type Facts = Pick<SchemeFault, 'operator' | 'smallestPeakBytes'>;

export const schemeFault = (code: SchemeFaultCode, message: string, facts: Facts = {}): SchemeFault => ({
  code,
  message,
  ...facts,
});
