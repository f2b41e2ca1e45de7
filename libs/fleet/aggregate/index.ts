/**
 * Aggregation: from the deltas of a round to the parameters of the next model version. AGGREGATE.md is the reasoning and
 * the arithmetic.
 *
 * Owns: the master (parameters with more resolution than a version's), the rules that average, publishing.
 * Invariant: integers and single rounded binary64 operations only, so the same contributions give the same bytes on any
 * machine and in any order; one contributor turns its base into exactly what it had.
 *
 * @example
 * const master = kept ? readMaster(graph, kept) : startMaster(graph);
 * const next = aggregate(master, contributions, MEAN);
 * const { patches, master: kept } = publish({ graph, before: master, after: next.master });
 * const file = patchTflite(baseFile, patches);
 */
export { aggregate, type Aggregate, type ContributionReport, type ParameterReport } from './aggregate';
export type { Contribution } from './contributions';
export { deltaLayoutOf } from './delta-layout';
export type { AggregateFault, AggregateFaultCode } from './faults';
export { type Master, type MasterParameter, readMaster, startMaster, writeMaster } from './master';
export {
  type AggregationPolicy,
  type AggregationRule,
  MAX_TOTAL_SAMPLES,
  MEAN,
  MIN_ROBUST_CONTRIBUTORS,
} from './policy';
export { type ParameterPatch, type Publication, publish, type Publishing } from './publish';
