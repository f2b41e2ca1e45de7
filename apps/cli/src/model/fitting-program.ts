import type { Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { type InferenceOptions, type InferenceProgram, inferenceProgram } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';

/** What `--optimize`, `--input-rows`, a budget for the arena and the core ask for. */
export type Wishes = {
  readonly [K in keyof InferenceOptions]: InferenceOptions[K] | undefined;
};

/** The fastest kernels that a board's core can run; modules for virtual boards have no DSP instructions. */
export const kernelsOf = ({ dsp, runs }: Board): NonNullable<InferenceOptions['kernels']> =>
  dsp && runs !== 'wasm' ? 'dsp' : 'plain';

/**
 * The program that fits a budget, or else the one that takes least: whether that one fits is decided where it is linked, because
 * budgets for the arena are estimates until then. `ram` takes the plain kernels: the fast ones take more scratch and flash.
 */
export function fittingProgram(
  inference: Graph,
  { optimize = 'speed', budgetBytes, inputRows = false, kernels = 'plain', dropConstant = false }: Wishes,
): Result<InferenceProgram> {
  const least = { optimize: 'ram', inputRows, dropConstant } as const;
  if (optimize === 'ram') return inferenceProgram(inference, least);
  const budget = budgetBytes === undefined ? {} : { budgetBytes };
  const quick = { optimize, inputRows, dropConstant, ...budget };
  const tries = kernels === 'plain' ? [quick] : [{ ...quick, kernels }, quick];
  for (const options of tries) {
    const program = inferenceProgram(inference, options);
    if (program.ok || program.error.code !== 'plan.does-not-fit') return program;
  }
  return inferenceProgram(inference, least);
}
