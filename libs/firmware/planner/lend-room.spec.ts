import { at } from '#libs/base/result';
import { residualNetwork } from '#test/support/tiny-networks';
import { type Plan, placeAll, type PlannedBuffer, verifyPlan } from '.';
import { lentScratchBytes, lentTogether, scratchBytes } from './scratch';

const graph = residualNetwork();
const plan = placeAll(graph);
const scratches = plan.buffers.filter(({ kind }) => kind === 'scratch');
const opOf = ({ op = -1 }: PlannedBuffer) => at(graph.ops, op);
const isLent = (buffer: PlannedBuffer): boolean => lentTogether(opOf(buffer), graph, buffer.bytes) === 4;

const withBuffer = (buffer: PlannedBuffer, change: Partial<PlannedBuffer>): Plan => ({
  ...plan,
  buffers: plan.buffers.map((each) => (each === buffer ? { ...each, ...change } : each)),
});

describe('scratch that is lent', () => {
  it('is as much as a kernel makes use of, or as much as it needs', () => {
    expect(scratches.some(isLent)).toBe(true);
    for (const buffer of scratches) {
      const op = opOf(buffer);
      const bytes = isLent(buffer) ? lentScratchBytes(op, graph) : scratchBytes(op, graph);
      expect(buffer.bytes).toBe(bytes);
    }
  });

  it('takes nothing: plans are as large as they must be', () => {
    expect(plan.peakBytes).toBe(plan.lowerBoundBytes);
    for (const { offset, bytes } of plan.buffers) expect(offset + bytes).toBeLessThanOrEqual(plan.peakBytes);
  });

  it('may lie over nothing that is alive: the verifier sees all of it', () => {
    const lent = scratches.filter(isLent);
    expect(verifyPlan(graph, plan)).toEqual([]);
    const faults = lent.map((buffer) => {
      const time = plan.schedule.calls.findIndex((call) => 'op' in call && call.op === buffer.op);
      const alive = plan.buffers.find(
        ({ kind, first, last }) => kind === 'activation' && first < time && time < last,
      );
      if (!alive) return [];
      const offset = Math.max(0, 4 * Math.floor((alive.offset - buffer.bytes) / 4) + 4);
      return verifyPlan(graph, withBuffer(buffer, { offset }));
    });
    expect(faults.flat().join()).toMatch(/overwrites/);
  });
});
