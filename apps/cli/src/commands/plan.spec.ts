import { fleetlearn, KWS_DIGITS } from '../testing/fleetlearn';

jest.setTimeout(600_000);

const run = (...words: readonly string[]) => fleetlearn('plan', KWS_DIGITS, ...words);

interface PlanJson {
  readonly arenaBudgetBytes: number;
  readonly scheme: { readonly biasLayers: number; readonly weightLayers: readonly object[] };
  readonly plan: { readonly peakBytes: number };
}

describe('plan', () => {
  it('trains more of the model where there is more memory, and stays within it', async () => {
    const plans: PlanJson[] = [];
    for (const sram of ['32KB', '64KB']) {
      const { out } = await run('--board', 'virtual-m4', '--sram', sram, '--json');
      plans.push(JSON.parse(out) as PlanJson);
    }
    const reach = plans.map(({ scheme }) => scheme.biasLayers);
    expect(reach).toEqual(reach.toSorted((a, b) => a - b));
    expect(new Set(reach).size).toBe(2);
    for (const { plan, arenaBudgetBytes } of plans)
      expect(plan.peakBytes).toBeLessThanOrEqual(arenaBudgetBytes);
  });

  it('marks the chosen scheme in a list of all, and shows the plan', async () => {
    const { out } = await run('--board', 'virtual-m4', '--sram', '64KB');
    expect(out).toMatch(/^> +searched-k\d+-w\d+ +[\d,]+ +[\d,]+ +5\d,\d{3}$/m);
    expect(out).toMatch(/^ +sparse-b3 +13,696 /m);
    expect(out).toMatch(/^x +full /m);
    const [, arena] = /^> +\S+ +\S+ +\S+ +(\S+)$/m.exec(out) ?? [];
    expect(out).toContain(`plan of kws-digits: ${arena?.replace(',', '')} bytes`);
  });

  it.each([
    ['that no scheme fits', ['--sram', '16KB'], 'program.does-not-fit'],
    ['that the runtime alone exceeds', ['--sram', '8KB'], 'program.does-not-fit'],
    ['that is no size', ['--sram', 'much'], 'usage'],
  ])('refuses an SRAM %s', async (_, words, errorCode) => {
    const { code, out, noted } = await run('--board', 'virtual-m4', ...words);
    expect([code, out]).toEqual([2, '']);
    expect(noted.split(': ')[1]).toBe(errorCode);
  });

  it('refuses an unknown board and names those that there are', async () => {
    expect((await run('--board', 'toaster')).noted).toMatch(/^error: board\.unknown: .*mps2-an386/);
  });
});
