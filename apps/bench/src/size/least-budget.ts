import { type Board, boardWith, smallestBudget } from '#libs/firmware/boards';

/** The board with the least SRAM budget that holds an arena of `arenaBytes`; undefined where it has not so much. */
export function withLeastBudget(board: Board, arenaBytes: number): Board | undefined {
  const sramBytes = smallestBudget(board, arenaBytes + board.stackBytes + board.reserveBytes);
  const fitting = sramBytes === undefined ? undefined : boardWith(board, { sramBytes });
  return fitting?.ok ? fitting.value : undefined;
}
