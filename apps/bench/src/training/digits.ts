import { packParameters } from '#libs/firmware/codegen';
import { stepProgram, type StepRequest, type TrainingProgram } from '#libs/firmware/program';
import { build } from '#libs/firmware/toolchain';
import { deltaLayoutOf } from '#libs/fleet/aggregate';
import type { DeltaLayout } from '#libs/fleet/delta';
import { type SparseScheme, schemeId } from '#libs/model/scheme';
import { type LearningRates, type SessionPlan, sessionSchedule } from '#libs/model/session';
import type { Graph } from '#libs/model/ir';
import { boardCalled, orThrow, shop } from '../compile-model';

/** Whose compiler flags stand for a program that runs on no board. */
export const HOST_BOARD = 'virtual-m4';

/** Recordings to learn from, of each speaker. */
export const ADAPT_ROWS = 100;
export const PASSES = 10;

/** A scheme's training step as WebAssembly. */
export interface DigitsProgram {
  readonly step: TrainingProgram;
  readonly binary: Uint8Array;
  readonly parameters: Uint8Array;
  readonly layout: DeltaLayout;
}

export async function digitsProgram(
  inference: Graph,
  scheme: SparseScheme,
  request: StepRequest = {},
): Promise<DigitsProgram> {
  const step = orThrow(stepProgram(inference, scheme, request));
  const board = await boardCalled(HOST_BOARD);
  const built = orThrow(await build(shop, { program: 'harness', target: 'wasm', board, model: step.model }));
  return {
    step,
    binary: built.binary,
    parameters: packParameters(inference),
    layout: deltaLayoutOf(schemeId(scheme), step.training),
  };
}

/** One rate for weights, biases and head. */
export const uniform = (rate: number): LearningRates => ({ weights: rate, bias: rate, head: rate });

/** A session of so many passes, with the warm-up of N10. */
export const planOf = (seed: number, passes: number, rate: number): SessionPlan => ({
  seed,
  passes,
  schedule: sessionSchedule(uniform(rate), passes * ADAPT_ROWS),
});
