import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { type InferenceOptions, type InferenceProgram, inferenceProgram } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';

/** What `--optimize`, `--input-rows`, a budget for the arena and the core ask for. */
export type Wishes = {
  readonly [K in keyof InferenceOptions]: InferenceOptions[K] | undefined;
};

/** The fastest kernels that a board's core can run; modules for virtual boards have none of its instructions. */
export function kernelsOf({ dsp, mve, runs }: Board): NonNullable<InferenceOptions['kernels']> {
  if (runs === 'wasm') return 'plain';
  if (mve) return 'mve';
  return dsp ? 'dsp' : 'plain';
}

/**
 * The program that fits a budget, or else the one that takes least: whether that one fits is decided where it is linked, because
 * budgets for the arena are estimates until then. `ram` takes kernels that borrow no more than the plain ones, and faster ones where
 * they cost little memory (RAM_FOR_SPEED).
 */
export function fittingProgram(
  inference: Graph,
  { optimize = 'speed', budgetBytes, inputRows = false, kernels = 'plain', dropConstant = false }: Wishes,
): Result<InferenceProgram> {
  const lean = kernels === 'mve' ? 'mve-lean' : 'plain';
  const least = { optimize: 'ram', inputRows, dropConstant, kernels: lean } as const;
  if (optimize === 'ram') {
    const program = inferenceProgram(inference, least);
    if (kernels === 'plain' || !program.ok) return program;
    return ok(faster(inference, { ...least, kernels }, program.value, budgetBytes));
  }
  const budget = budgetBytes === undefined ? {} : { budgetBytes };
  const quick = { optimize, inputRows, dropConstant, ...budget };
  const tries = kernels === 'plain' ? [quick] : [{ ...quick, kernels }, quick];
  for (const options of tries) {
    const program = inferenceProgram(inference, options);
    if (program.ok || program.error.code !== 'plan.does-not-fit') return program;
  }
  return inferenceProgram(inference, least);
}

/** Kernels with DSP or vector instructions are four to nine times as fast: `ram` takes them for no more than this part of the arena. */
const RAM_FOR_SPEED = 1 / 10;

/** `least`, or the program with faster kernels where their scratch is worth it and stays in the budget. */
function faster(
  inference: Graph,
  options: InferenceOptions,
  least: InferenceProgram,
  budgetBytes = Infinity,
): InferenceProgram {
  const room = Math.min(budgetBytes, least.plan.peakBytes * (1 + RAM_FOR_SPEED));
  const fast = inferenceProgram(inference, options);
  return fast.ok && fast.value.plan.peakBytes <= room ? fast.value : least;
}
