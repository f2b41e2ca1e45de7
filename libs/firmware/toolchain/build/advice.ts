import {
  arenaRegion,
  type Board,
  boardWith,
  budgetedSram,
  smallestBudget,
  sramBytesOf,
} from '#libs/firmware/boards';
import type { ModelFacts } from '#libs/firmware/codegen';
import type { DoesNotFitRegion, Overflow } from './build-fault';

/** A budget that would hold what is missing, or that the board has not so much. */
function moreSram(board: Board, { region, overflowBytes }: Overflow, arenaBytes: number): string {
  const needed =
    region === 'ARENA'
      ? arenaBytes + board.stackBytes + board.reserveBytes
      : (budgetedSram(board)[0]?.budgetBytes ?? 0) + overflowBytes;
  const [least, all] = [smallestBudget(board, needed), sramBytesOf(board)];
  return least !== undefined && least > board.budget.sramBytes
    ? `an SRAM budget of ${least} bytes (of ${all} that the board has)`
    : `a board with ${needed} bytes of SRAM in one piece: this one has ${all} in all`;
}

function otherRegion(board: Board, arenaBytes: number): string | undefined {
  const whole = boardWith(board, { sramBytes: sramBytesOf(board) });
  if (!whole.ok) return undefined;
  const roomiest = arenaRegion(whole.value, arenaBytes);
  const isNew = roomiest.name !== arenaRegion(board, arenaBytes).name && roomiest.budgetBytes >= arenaBytes;
  return isNew
    ? `the arena in the region ${roomiest.name} (${roomiest.budgetBytes} bytes), with a budget that reaches it`
    : undefined;
}

function forSram(board: Board, overflow: Overflow, facts: ModelFacts): readonly (string | undefined)[] {
  return [
    moreSram(board, overflow, facts.arenaBytes),
    otherRegion(board, facts.arenaBytes),
    facts.training
      ? 'a smaller scheme: fewer layers that learn'
      : 'a plan made for the least RAM (--optimize ram)',
  ];
}

function forFlash(board: Board, { overflowBytes }: Overflow): readonly (string | undefined)[] {
  const needed = board.budget.flashBytes + overflowBytes;
  const has = board.memory.flash.bytes;
  return [
    needed <= has
      ? `a flash budget of ${needed} bytes (of ${has} that the board has)`
      : `a board with ${needed} bytes of flash: this one has ${has}`,
  ];
}

/** The same fault, with what would help. */
export function withAdvice(fault: DoesNotFitRegion, board: Board, facts: ModelFacts): DoesNotFitRegion {
  const found = fault.overflows.flatMap((overflow) =>
    overflow.region === 'SRAM' || overflow.region === 'ARENA'
      ? forSram(board, overflow, facts)
      : forFlash(board, overflow),
  );
  const advice = [...new Set(found.filter((text) => text !== undefined))];
  return { ...fault, advice, message: `${fault.message}. What would help: ${advice.join('; or ')}` };
}
