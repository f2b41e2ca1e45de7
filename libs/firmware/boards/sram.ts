import type { Board, SramRegion } from './board';

/** A region of SRAM and how much of it the budget allows. */
export interface BudgetedRegion extends SramRegion {
  readonly budgetBytes: number;
}

/** All SRAM of a board, whatever the budget. */
export const sramBytesOf = ({ memory }: Pick<Board, 'memory'>): number =>
  memory.sram.reduce((total, { bytes }) => total + bytes, 0);

/** The regions that a budget reaches: used in their order, each to its end before the next. */
export function budgetedSram(board: Pick<Board, 'memory' | 'budget'>): readonly BudgetedRegion[] {
  let left = board.budget.sramBytes;
  return board.memory.sram
    .map((region) => {
      const budgetBytes = Math.max(0, Math.min(left, region.bytes));
      left -= budgetBytes;
      return { ...region, budgetBytes };
    })
    .filter(({ budgetBytes }) => budgetBytes > 0);
}

/** What a region leaves for the arena: the main one holds stack and static variables, too. */
function arenaRoom(board: Board, { name, budgetBytes }: BudgetedRegion): number {
  const isMain = name === board.memory.sram[0].name;
  return isMain ? Math.max(0, budgetBytes - board.stackBytes - board.reserveBytes) : budgetBytes;
}

/** SRAM that one array can have for a model's arena: none where stack and runtime alone take more than the budget. */
export const arenaBudget = (board: Board): number =>
  Math.max(0, ...budgetedSram(board).map((region) => arenaRoom(board, region)));

/** Where an arena goes: the first region where it fits, or where it comes nearest to fitting. */
export function arenaRegion(board: Board, arenaBytes: number): BudgetedRegion {
  const regions = budgetedSram(board);
  const fitting = regions.find((region) => arenaRoom(board, region) >= arenaBytes);
  const roomiest = regions.reduce((a, b) => (arenaRoom(board, b) > arenaRoom(board, a) ? b : a));
  return fitting ?? roomiest;
}
