import type { InferenceOptions } from '#libs/firmware/program';

/** A way to compile a model, as the table names it. */
interface Way {
  readonly engine: string;
  readonly options: InferenceOptions;
}

/**
 * Cores with vector instructions (MVE): the kernels for DSP instructions, which they run as well, those for vectors within the
 * same memory, and those that take no more of it than plain C.
 */
export function vectorWays(budgetBytes: number | undefined): readonly Way[] {
  const budget = budgetBytes === undefined ? {} : { budgetBytes };
  const speed = { optimize: 'speed', dropConstant: true, ...budget } as const;
  return [
    { engine: 'ours, speed, DSP', options: { ...speed, kernels: 'dsp' } },
    { engine: 'ours, speed, MVE', options: { ...speed, kernels: 'mve' } },
    { engine: 'ours, ram, MVE', options: { optimize: 'ram', dropConstant: true, kernels: 'mve' } },
    { engine: 'ours, least', options: { optimize: 'ram', dropConstant: true, kernels: 'mve-lean' } },
  ];
}
