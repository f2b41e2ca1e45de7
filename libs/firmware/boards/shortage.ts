import { type Board } from './board';
import { sramBudgetGrain } from './budget';
import { arenaBudget } from './sram';

/**
 * Why a model cannot be trained on a board, by how many bytes, and what would do: one line for people, below the 200
 * characters that a device is told.
 * @param arenaBytes the least arena that any scheme of the model needs
 */
export function sramShortage(model: string, board: Board, arenaBytes: number): string {
  const needed = arenaBytes + board.stackBytes + board.reserveBytes;
  const enough = smallestBudget(board, needed);
  const missing = Math.max(needed - board.budget.sramBytes, arenaBytes - arenaBudget(board));
  const advice =
    enough === undefined
      ? `no budget of a ${board.name} would do`
      : `the least that a ${board.name} can set aside is ${enough} bytes`;
  return (
    `${model} cannot be trained in ${board.budget.sramBytes} bytes of SRAM: it needs ${needed} ` +
    `(arena ${arenaBytes}, stack ${board.stackBytes}, runtime ${board.reserveBytes}), ${missing} more; ${advice}`
  );
}

/** `bytes`, or as little more as the board can enforce. */
function drawable(board: Board, bytes: number): number {
  let rounded = bytes;
  for (let grain = sramBudgetGrain(board.sramBudgets, rounded); rounded % grain !== 0;) {
    rounded = Math.ceil(rounded / grain) * grain;
    grain = sramBudgetGrain(board.sramBudgets, rounded);
  }
  return rounded;
}

/**
 * The smallest SRAM budget that the board can enforce and that holds what is needed, if it has one.
 * @param needed stack, reserve and arena: the arena may go to another region than the other two
 */
export function smallestBudget(board: Board, needed: number): number | undefined {
  const arenaBytes = needed - board.stackBytes - board.reserveBytes;
  let before = 0;
  for (const region of board.memory.sram) {
    const own = drawable(board, before === 0 ? needed : arenaBytes);
    if (own <= region.bytes) return before + own;
    before += region.bytes;
  }
  return undefined;
}
