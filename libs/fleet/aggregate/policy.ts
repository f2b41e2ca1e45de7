/** How deltas become one change (AGGREGATE.md). */
export interface AggregationPolicy {
  readonly rule: AggregationRule;
  /** Largest root mean square of a contribution's weight deltas, in steps; a larger one is scaled down to it. */
  readonly clipRms?: number;
}

export type AggregationRule =
  | { readonly kind: 'mean' }
  /** `trim`: the fraction left out at each end, 0..0.49. */
  | { readonly kind: 'trimmedMean'; readonly trim: number }
  | { readonly kind: 'median' };

export const MEAN: AggregationPolicy = { rule: { kind: 'mean' } };

/** Fewer contributors than this say too little of what is usual among them. */
export const MIN_ROBUST_CONTRIBUTORS = 5;

/** Items that all contributions together may have learned from: every sum is then exact in binary64. */
export const MAX_TOTAL_SAMPLES = 2 ** 30;

/** Why the policy is none, if it is not. */
export function policyFaultOf({ rule, clipRms }: AggregationPolicy): string | undefined {
  if (rule.kind === 'trimmedMean' && !(rule.trim >= 0 && rule.trim < 0.5))
    return `trim ${rule.trim} is not in 0..0.49`;
  if (clipRms !== undefined && !(clipRms > 0)) return `clipRms ${clipRms} is not above 0`;
  return undefined;
}
