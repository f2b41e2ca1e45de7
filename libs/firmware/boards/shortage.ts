import { type Board } from './board';
import { boardWith, sramBudgetGrain } from './budget';

/**
 * Why a model cannot be trained on a board, and what would do, in one line for people.
 * @param arenaBytes the least arena that any scheme of the model needs
 */
export function sramShortage(model: string, board: Board, arenaBytes: number): string {
  const needed = arenaBytes + board.stackBytes + board.reserveBytes;
  const enough = smallestBudget(board, needed);
  const advice =
    enough === undefined
      ? `no budget of a ${board.name} would do`
      : `the least that a ${board.name} can set aside for it is ${enough} bytes`;
  return (
    `${model} cannot be trained in ${board.budget.sramBytes} bytes of SRAM: it needs ${needed} ` +
    `(arena ${arenaBytes}, stack ${board.stackBytes}, runtime ${board.reserveBytes}); ${advice}`
  );
}

/** The smallest SRAM budget that holds `needed` bytes and that the board can enforce, if it has one. */
export function smallestBudget(board: Board, needed: number): number | undefined {
  let bytes = needed;
  for (let grain = sramBudgetGrain(board.sramBudgets, bytes); bytes % grain !== 0;) {
    bytes = Math.ceil(bytes / grain) * grain;
    grain = sramBudgetGrain(board.sramBudgets, bytes);
  }
  return boardWith(board, { sramBytes: bytes }).ok ? bytes : undefined;
}
