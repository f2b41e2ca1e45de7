import type { Household, Voice } from './household';

const ARM_BOARD = { board: 'mps2-an386', sramKilobytes: 64, runs: 'qemu' } as const;
const TOO_SMALL = { board: 'virtual-m4', sramKilobytes: 8, runs: 'virtual' } as const;
/** What the virtual devices have, in turn. */
const BUDGETS_KILOBYTES = [32, 40, 48, 64] as const;

/**
 * A board for every voice: virtual ones of different sizes, the last voice on an emulated ARM board; and one device more,
 * with the first voice, that is too small for the model.
 */
export function assignBoards(voices: readonly Voice[]): readonly Household[] {
  const fitting = voices.map((voice, index): Household => {
    const isLast = index === voices.length - 1;
    return { ...voice, ...(isLast ? ARM_BOARD : virtualBoard(index)), fits: true };
  });
  const first = voices[0];
  return first ? [...fitting, { ...first, name: `${first.name}-tiny`, ...TOO_SMALL, fits: false }] : [];
}

const virtualBoard = (index: number) =>
  ({
    board: 'virtual-m4',
    sramKilobytes: BUDGETS_KILOBYTES[index % BUDGETS_KILOBYTES.length] ?? 64,
    runs: 'virtual',
  }) as const;
