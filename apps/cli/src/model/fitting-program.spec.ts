import { readFileSync } from 'node:fs';
import { unwrap } from '#libs/base/result';
import { inferenceGraph, inferenceProgram } from '#libs/firmware/program';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { randomNetwork } from '#test/support/random-networks';
import { KWS_DIGITS } from '../testing/fleetlearn';
import { fittingProgram } from './fitting-program';

const keywords = unwrap(inferenceGraph(readFileSync(KWS_DIGITS), 'kws-digits'));
const RAM = { optimize: 'ram' } as const;

describe('the program of --optimize ram', () => {
  it('has kernels for DSP instructions where they take up to a tenth more memory', () => {
    const graphs = [1, 2, 3, 4].map((seed) => runPasses(randomNetwork(seed), INFERENCE_PASSES));
    const chosen = [keywords, ...graphs].map((graph) => {
      const [plain, fast] = (['plain', 'dsp'] as const).map(
        (kernels) => unwrap(inferenceProgram(graph, { ...RAM, kernels })).plan.peakBytes,
      );
      const { plan } = unwrap(fittingProgram(graph, { ...RAM, kernels: 'dsp' }));
      expect(plan.kernels).toBe(fast! <= 1.1 * plain! ? 'dsp' : 'plain');
      expect(plan.peakBytes).toBeLessThanOrEqual(1.1 * plain!);
      return plan.kernels;
    });
    expect(new Set(chosen)).toEqual(new Set(['plain', 'dsp']));
  });

  it('has vector instructions where they take up to a tenth more memory, and else in all but depthwise layers', () => {
    const graphs = [1, 2, 3].map((seed) => runPasses(randomNetwork(seed), INFERENCE_PASSES));
    for (const graph of [keywords, ...graphs]) {
      const [lean, fast] = (['mve-lean', 'mve'] as const).map(
        (kernels) => unwrap(inferenceProgram(graph, { ...RAM, kernels })).plan.peakBytes,
      );
      const { plan } = unwrap(fittingProgram(graph, { ...RAM, kernels: 'mve' }));
      expect(plan.kernels).toBe(fast! <= 1.1 * lean! ? 'mve' : 'mve-lean');
    }
  });

  it('has plain ones where only these stay in the budget', () => {
    const { plan } = unwrap(fittingProgram(keywords, RAM));
    const fast = unwrap(fittingProgram(keywords, { ...RAM, kernels: 'dsp' })).plan;
    expect(fast.peakBytes).toBeGreaterThan(plan.peakBytes);
    const budgetBytes = fast.peakBytes - 1;
    const tight = unwrap(fittingProgram(keywords, { ...RAM, kernels: 'dsp', budgetBytes }));
    expect([tight.plan.kernels, tight.plan.peakBytes]).toEqual(['plain', plan.peakBytes]);
  });
});
