import { err, fault, ok, type Result } from '#libs/base/result';
import { type Board, sramBytesOf } from '#libs/firmware/boards';
import type { Workshop } from '#libs/firmware/toolchain';
import { readBoard, wholeBoard } from '../model/read-board';
import type { EngineChoice } from '../run/engine-choice';
import { generatedTraining, referenceTraining } from './engines';
import type { TrainEngine } from './train-request';

/** Where a session runs, and what it may take there. */
export interface TrainPlace {
  readonly run: TrainEngine;
  /** A board with the SRAM of the device, and of it what is not the arena's; absent: there is no limit. */
  readonly budget: Board | undefined;
}

/** Whose compiler flags stand for a program that runs on no board. */
const HOST_BOARD = 'virtual-m4';
/** Static variables of the linked session beside its arena (308 bytes on a Cortex-M4), rounded up. */
const SESSION_BYTES = 512;

/**
 * @param sramBytes of the device, stack included
 * @param lentBytes that the session is lent by the device
 * Refused: `board.bad-budget` where the board has less.
 */
export async function placeOf(
  shop: Workshop,
  choice: EngineChoice,
  sramBytes: number | undefined,
  lentBytes: number,
): Promise<Result<TrainPlace>> {
  const board =
    choice.name === 'arm' ? ok(choice.board) : await readBoard(shop, HOST_BOARD, { sram: undefined });
  if (!board.ok) return board;
  const whole = wholeBoard(board.value);
  if (!whole.ok) return whole;
  const reserveBytes = SESSION_BYTES + lentBytes;
  if (choice.name !== 'arm') {
    const run = choice.name === 'reference' ? referenceTraining : generatedTraining(choice.name, whole.value);
    return ok({
      run,
      budget: sramBytes === undefined ? undefined : anyBoard(whole.value, sramBytes, reserveBytes),
    });
  }
  const all = sramBytesOf(board.value);
  if (sramBytes !== undefined && sramBytes > all)
    return err(
      fault(
        'board.bad-budget',
        `${choice.board.name} has ${all} bytes of SRAM, fewer than --sram ${sramBytes}`,
      ),
    );
  const budget = { ...board.value.budget, sramBytes: sramBytes ?? board.value.budget.sramBytes };
  return ok({ run: generatedTraining('arm', whole.value), budget: { ...board.value, budget, reserveBytes } });
}

/** A board with as much SRAM as is asked for, in one piece. */
function anyBoard(board: Board, sramBytes: number, reserveBytes: number): Board {
  const [main] = board.memory.sram;
  return {
    ...board,
    name: 'device of this size',
    memory: { ...board.memory, sram: [{ ...main, bytes: sramBytes }] },
    budget: { ...board.budget, sramBytes },
    reserveBytes,
  };
}
