import { err, fault, ok, type Result } from '#libs/base/result';
import { type Board, type Budget, boardWith, sramBytesOf } from '#libs/firmware/boards';
import { boardNames, loadBoard, type Workshop } from '#libs/firmware/toolchain';
import { parseByteSize } from '../byte-size';

/** Budgets as they are typed. */
export interface BudgetWords {
  readonly sram: string | undefined;
  readonly flash?: string | undefined;
}

/** A board by name, with another budget where the words say so. */
export async function readBoard(
  shop: Workshop,
  name: string,
  { sram, flash }: BudgetWords,
): Promise<Result<Board>> {
  const names = await boardNames(shop);
  if (!names.includes(name)) {
    return err(fault('board.unknown', `there is no board "${name}"; there are: ${names.join(', ')}`));
  }
  const board = await loadBoard(shop, name);
  if (!board.ok) return board;
  const budget = readBudget(sram, flash);
  return budget.ok ? boardWith(board.value, budget.value) : budget;
}

function readBudget(sram: string | undefined, flash: string | undefined): Result<Partial<Budget>> {
  const sramBytes = sram === undefined ? ok(undefined) : parseByteSize('--sram', sram);
  if (!sramBytes.ok) return sramBytes;
  const flashBytes = flash === undefined ? ok(undefined) : parseByteSize('--flash', flash);
  if (!flashBytes.ok) return flashBytes;
  return ok({
    ...(sramBytes.value !== undefined && { sramBytes: sramBytes.value }),
    ...(flashBytes.value !== undefined && { flashBytes: flashBytes.value }),
  });
}

/** The board with all that it has. Refused where `sramBytes` is more (`board.bad-budget`). */
export function wholeBoard(board: Board, sramBytes = 0): Result<Board> {
  const all = sramBytesOf(board);
  return boardWith(board, { sramBytes: Math.max(all, sramBytes), flashBytes: board.memory.flash.bytes });
}
