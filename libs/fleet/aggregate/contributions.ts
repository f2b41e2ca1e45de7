import { err, ok, type Result } from '#libs/base/result';
import {
  type DeltaLayout,
  type DeltaVariable,
  readRawDelta,
  type VariableDelta,
  wholeCount,
} from '#libs/fleet/delta';
import type { AggregateFault, AggregateFaultCode } from './faults';
import type { Master } from './master';
import { MAX_TOTAL_SAMPLES } from './policy';

/** What one device learned in a round. */
export interface Contribution {
  readonly deviceId: string;
  /** Items learned from, 1 or more. */
  readonly sampleCount: number;
  readonly layout: DeltaLayout;
  /** As `acceptDelta` gave it. */
  readonly raw: Uint8Array;
}

export interface ReadContribution {
  readonly deviceId: string;
  readonly sampleCount: number;
  readonly deltas: readonly VariableDelta[];
}

/** The contributions sorted by device, or why they can't be aggregated into this master. */
export function readContributions(
  master: Master,
  contributions: readonly Contribution[],
): Result<readonly ReadContribution[], AggregateFault> {
  if (contributions.length === 0)
    return err({ code: 'aggregate.no-contributions', message: 'there are no deltas' });
  const sorted = [...contributions].sort((a, b) =>
    a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0,
  );
  const read: ReadContribution[] = [];
  let samples = 0;
  for (const contribution of sorted) {
    const { deviceId, sampleCount } = contribution;
    if (read.at(-1)?.deviceId === deviceId)
      return err(faultOf(deviceId, 'aggregate.duplicate-device', 'two deltas'));
    samples += sampleCount;
    if (!Number.isInteger(sampleCount) || sampleCount < 1 || samples > MAX_TOTAL_SAMPLES) {
      const why = `learned from ${sampleCount} items, of at most ${MAX_TOTAL_SAMPLES} in all`;
      return err(faultOf(deviceId, 'aggregate.bad-sample-count', why));
    }
    const deltas = readDeltas(master, contribution);
    if (!deltas.ok) return deltas;
    read.push({ deviceId, sampleCount, deltas: deltas.value });
  }
  return ok(read);
}

function readDeltas(
  master: Master,
  { deviceId, layout, raw }: Contribution,
): Result<readonly VariableDelta[], AggregateFault> {
  const named = new Map(master.parameters.map((parameter) => [parameter.name, parameter]));
  for (const variable of layout.variables) {
    const { tensorName, kind, count } = variable;
    const parameter = named.get(tensorName);
    if (parameter?.kind !== kind || !isPartOf(variable, parameter.values.length)) {
      return err(
        faultOf(
          deviceId,
          'aggregate.unknown-parameter',
          `${kind} "${tensorName}" of ${count} is not the model's`,
        ),
      );
    }
    named.delete(tensorName);
  }
  const deltas = readRawDelta(layout, raw);
  return deltas.ok ? deltas : err(faultOf(deviceId, 'aggregate.bad-delta', deltas.error.message));
}

/** Whole periods of the tensor, and runs within them. */
function isPartOf({ count, slice }: DeltaVariable, whole: number): boolean {
  if (!slice) return count === whole;
  const { run, stride } = slice;
  const isSound = Number.isInteger(run) && Number.isInteger(stride) && run > 0 && run <= stride;
  return isSound && whole % stride === 0 && wholeCount({ count, slice }) === whole;
}

const faultOf = (deviceId: string, code: AggregateFaultCode, why: string): AggregateFault => ({
  code,
  message: `device ${deviceId}: ${why}`,
  deviceId,
});
