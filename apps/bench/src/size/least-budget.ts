import { type Board, boardWith, sramBudgetGrain } from '#libs/firmware/boards';

/** The board with the least SRAM budget that holds an arena of `arenaBytes` and that the board can enforce. */
export function withLeastBudget(board: Board, arenaBytes: number): Board | undefined {
  let sramBytes = arenaBytes + board.stackBytes + board.reserveBytes;
  // Rounding up may reach the next power of two, where the grain is coarser.
  for (let grain = 0; sramBytes % (grain = sramBudgetGrain(board.sramBudgets, sramBytes)) !== 0;) {
    sramBytes = Math.ceil(sramBytes / grain) * grain;
  }
  const fitting = boardWith(board, { sramBytes });
  return fitting.ok ? fitting.value : undefined;
}
