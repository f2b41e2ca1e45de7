import { invariant, unwrap } from '#libs/base/result';
import { arenaBudget } from '#libs/firmware/boards';
import { inferenceGraph, planStep } from '#libs/firmware/program';
import { smallModelFile } from '#test/support/small-model';
import { learnableRows } from '#test/support/training-rows';
import { localWorkshop } from '../local-workshop';
import type { Method } from '../scheme/contributions';
import { autoScheme } from './auto-scheme';
import { placeOf } from './place';

const INPUT_BYTES = 96;
const CLASSES = 3;
const file = smallModelFile();
const inference = unwrap(inferenceGraph(file, 'small'));
const terminal = { print: () => undefined, note: () => undefined };

const rowsOf = (count: number) => {
  const { elements, labels } = learnableRows(count, INPUT_BYTES, CLASSES, 7);
  return Array.from(labels, (label, row) => ({
    features: elements.subarray(row * INPUT_BYTES, (row + 1) * INPUT_BYTES),
    label,
  }));
};

async function choice(method: Method, rows: number, sramBytes: number) {
  const { budget: device } = unwrap(await placeOf(localWorkshop, { name: 'wasm' }, sramBytes, 0));
  invariant(device !== undefined, 'a size makes a budget');
  const request = { shop: localWorkshop, inference, file, device, method, passes: 1, seed: 1 };
  return { device, chosen: await autoScheme(request, rowsOf(rows), terminal) };
}

describe('what auto means for rows', () => {
  it.each(['structure', 'gradients'] as const)('is a scheme that fits, by %s', async (method) => {
    const { device, chosen } = await choice(method, 12, 5120);
    const scheme = unwrap(chosen);
    if (typeof scheme === 'string') throw new Error('nothing fits');
    expect(scheme.biasLayers).toBeGreaterThan(0);
    const budgetBytes = arenaBudget(device);
    const { plan } = unwrap(planStep(inference, scheme, { optimize: 'speed', budgetBytes }));
    expect(plan.peakBytes).toBeLessThanOrEqual(budgetBytes);
  });

  it('stays auto where nothing fits, and is refused where no row can be held out', async () => {
    expect(unwrap((await choice('gradients', 12, 2700)).chosen)).toBe('auto');
    expect((await choice('measured', 3, 5120)).chosen).toMatchObject({
      ok: false,
      error: { code: 'scheme.few-rows' },
    });
  });
});
