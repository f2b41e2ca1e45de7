import { type Board, boardWith, sramBytesOf } from '#libs/firmware/boards';
import { arenaBytesOf, type PlannedStep, writtenWithParameters } from '#libs/firmware/program';
import { armEngine, build, sessionEngine } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { tensorBytes, tensorOf } from '#libs/model/ir';
import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { sessionSchedule } from '#libs/model/session';
import { boardCalled, orThrow, shop } from '../compile-model';
import { uniform } from './digits';

/** A Cortex-M4 in QEMU, with all its memory. */
const BOARD = 'mps2-an386';
const RATE = 0.02;

async function roomyBoard(): Promise<Board> {
  const board = await boardCalled(BOARD);
  return orThrow(boardWith(board, { sramBytes: sramBytesOf(board), flashBytes: board.memory.flash.bytes }));
}

const drawnRow = (inference: Graph) => {
  const rng = new Rng(1);
  const length = tensorBytes(tensorOf(inference, at(inference.inputs, 0)));
  return { features: Int8Array.from({ length }, () => rng.below(256) - 128), label: 1 };
};

/** A linked session on a Cortex-M4, and what one step of it did there. */
export interface ArmStep {
  /** The arena as planned, and as painted and found after the step. */
  readonly plannedBytes: number;
  readonly measuredBytes: number;
  /** All RAM of the linked session but the stack; the sample, and what is kept of it, lie outside. */
  readonly staticRamBytes: number;
  /** The bound of the call graph. */
  readonly stackBytes: number;
  readonly flashBytes: number;
  /** From the first instruction of the forward half to the last update; undefined where they can't be counted. */
  readonly stepInstructions: number | undefined;
}

/** One row, one pass: two boots, one of them counted. */
export async function armStep(inference: Graph, step: PlannedStep): Promise<ArmStep> {
  const { model, parameters } = orThrow(writtenWithParameters(inference, step));
  const board = await roomyBoard();
  const built = orThrow(await build(shop, { program: 'session', target: 'arm', board, model, parameters }));
  const engine = sessionEngine(shop, built);
  const row = drawnRow(inference);
  const job = {
    plan: { seed: 1, passes: 1, schedule: sessionSchedule(uniform(RATE), 1) },
    rows: { adapt: [row], test: [row] },
  };
  const stepInstructions = orThrow(await engine.instructionsPerStep(job));
  const { arenaPeakBytes } = orThrow(await engine.run(job));
  const { staticRamBytes, stackBytes, flashBytes } = built.footprint;
  return {
    plannedBytes: arenaBytesOf(step),
    measuredBytes: arenaPeakBytes,
    staticRamBytes,
    stackBytes,
    flashBytes,
    stepInstructions,
  };
}

/** Instructions of the forward half of that step; undefined where they can't be counted. */
export async function armForward(inference: Graph, step: PlannedStep): Promise<number | undefined> {
  const { model, parameters } = orThrow(writtenWithParameters(inference, step));
  const board = await roomyBoard();
  const built = orThrow(await build(shop, { program: 'harness', target: 'arm', board, model }));
  const engine = armEngine(shop, built, { counts: true });
  const ran = orThrow(await engine.forward({ parameters, inputs: [drawnRow(inference).features] }));
  return ran.instructions;
}
