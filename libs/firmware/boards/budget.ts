import { err, fault, type Fault, ok, type Result } from '#libs/base/result';
import type { Board, Budget, SramBudgetRule } from './board';
import { budgetedSram, sramBytesOf } from './sram';

export interface BudgetFault extends Fault {
  readonly code: 'board.bad-budget';
}

const SMALLEST_MPU_V7_REGION = 256;
const MPU_V7_SUBREGIONS = 8;
const MPU_V8_GRAIN = 32;

/** Size of the ARMv7-M region that holds `bytes`: the next power of two, 256 at least (smaller ones have no subregions). */
export function mpuRegionBytes(bytes: number): number {
  let size = SMALLEST_MPU_V7_REGION;
  while (size < bytes) size *= 2;
  return size;
}

/**
 * An SRAM budget is enforced by the memory protection unit, so it must be one that the unit can draw: ARMv7-M regions are
 * powers of two of which whole eighths can be switched off; ARMv8-M regions end at any multiple of 32.
 * Returns the grain that `bytes` must be a multiple of.
 */
export function sramBudgetGrain(rule: SramBudgetRule, bytes: number): number {
  if (rule === 'mpu-v7') return mpuRegionBytes(bytes) / MPU_V7_SUBREGIONS;
  return rule === 'mpu-v8' ? MPU_V8_GRAIN : 1;
}

function budgetFault(board: Board, budget: Budget): string | undefined {
  const { sramBytes, flashBytes } = budget;
  const [all, flash] = [sramBytesOf(board), board.memory.flash.bytes];
  if (!Number.isInteger(sramBytes) || sramBytes <= 0 || sramBytes > all) {
    return `SRAM budget ${sramBytes}: the board has ${all} bytes`;
  }
  if (!Number.isInteger(flashBytes) || flashBytes <= 0 || flashBytes > flash) {
    return `flash budget ${flashBytes}: the board has ${flash} bytes`;
  }
  for (const { budgetBytes } of budgetedSram({ ...board, budget })) {
    const grain = sramBudgetGrain(board.sramBudgets, budgetBytes);
    if (budgetBytes % grain === 0) continue;
    const next = sramBytes + grain - (budgetBytes % grain);
    return `SRAM budget ${sramBytes}: the memory protection unit draws multiples of ${grain} there; the next is ${next}`;
  }
  return undefined;
}

/** The board with another budget, refused where the board cannot enforce it. */
export function boardWith(board: Board, budget: Partial<Budget>): Result<Board, BudgetFault> {
  const wanted = { ...board.budget, ...budget };
  const reason = budgetFault(board, wanted);
  return reason === undefined
    ? ok({ ...board, budget: wanted })
    : err(fault('board.bad-budget', `${board.name}: ${reason}`));
}
