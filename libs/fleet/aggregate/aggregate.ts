import { at, err, ok, type Result } from '#libs/base/result';
import { saturate } from '#libs/model/quant';
import { bandsOf } from './bands';
import { clipped, weightRms } from './clip';
import { combine, ruleFor, type WeightedValues } from './combine';
import { type Contribution, type ReadContribution, readContributions } from './contributions';
import type { AggregateFault } from './faults';
import type { Master, MasterParameter } from './master';
import { FRACTION_BITS, limitOf } from './parameters';
import { type AggregationPolicy, type AggregationRule, policyFaultOf } from './policy';

/** How the change of one tensor was found. */
export interface ParameterReport {
  readonly name: string;
  /** Devices that trained it, or a part of it; 0: it stays as it was. */
  readonly contributors: number;
  readonly rule: AggregationRule['kind'];
}

export interface ContributionReport {
  readonly deviceId: string;
  /** Root mean square of its weight deltas before clipping, in steps. */
  readonly weightRms: number;
  readonly isClipped: boolean;
}

export interface Aggregate {
  /** Not yet published: still in the scales of the version that was trained from. */
  readonly master: Master;
  readonly parameters: readonly ParameterReport[];
  /** Sorted by device. */
  readonly contributions: readonly ContributionReport[];
}

/** Adds what devices learned from one version to that version's master. The order of contributions does not matter. */
export function aggregate(
  master: Master,
  contributions: readonly Contribution[],
  policy: AggregationPolicy,
): Result<Aggregate, AggregateFault> {
  const policyFault = policyFaultOf(policy);
  if (policyFault !== undefined) return err({ code: 'aggregate.bad-policy', message: policyFault });
  const read = readContributions(master, contributions);
  if (!read.ok) return read;
  const { clipRms = Infinity } = policy;
  const values = valuesByName(read.value.map((one) => clipped(one, clipRms)));
  const moved = master.parameters.map((parameter) =>
    moveParameter(parameter, values.get(parameter.name) ?? [], policy),
  );
  return ok({
    master: { parameters: moved.map(({ parameter }) => parameter) },
    parameters: moved.map(({ report }) => report),
    contributions: read.value.map((one) => {
      const rms = weightRms(one);
      return { deviceId: one.deviceId, weightRms: rms, isClipped: rms > clipRms };
    }),
  });
}

/** The deltas of every tensor, sorted by device. */
function valuesByName(
  contributions: readonly ReadContribution[],
): ReadonlyMap<string, readonly WeightedValues[]> {
  const byName = new Map<string, WeightedValues[]>();
  for (const { sampleCount, deltas } of contributions) {
    for (const { variable, values } of deltas) {
      const others = byName.get(variable.tensorName);
      const { slice } = variable;
      const own = { weight: sampleCount, values, ...(slice && { slice }) };
      if (others) others.push(own);
      else byName.set(variable.tensorName, [own]);
    }
  }
  return byName;
}

function moveParameter(
  parameter: MasterParameter,
  contributions: readonly WeightedValues[],
  policy: AggregationPolicy,
): { readonly parameter: MasterParameter; readonly report: ParameterReport } {
  const { name, kind } = parameter;
  const rule = ruleFor(policy.rule, contributions.length);
  const report = { name, contributors: contributions.length, rule: rule.kind };
  if (contributions.length === 0) return { parameter, report };
  const limit = limitOf(kind);
  const values = parameter.values.slice();
  for (const { positions, contributors } of bandsOf(contributions, values.length)) {
    const change = combine(contributors, ruleFor(policy.rule, contributors.length), FRACTION_BITS[kind]);
    positions.forEach((position, i) => {
      const move = at(change, i);
      // Devices start from the saturated value (N1), and say what they did from there.
      if (move !== 0) values[position] = saturate(saturate(at(values, position), limit) + move, limit);
    });
  }
  return { parameter: { name, kind, values }, report };
}
