/**
 * Boards: what a device is made of, as data.
 *
 * Owns: the description of a board (`board.json`), its memory regions, where an arena goes among them, and which SRAM budgets it can
 * enforce.
 * Invariant: a `Board` in hand has a budget that its memory protection unit can draw.
 *
 * @example
 * const board = unwrap(parseBoard(JSON.parse(text)));
 * const small = unwrap(boardWith(board, { sramBytes: 64 * 1024 }));
 * planMemory(graph, { budgetBytes: arenaBudget(small) });
 */
export * from './board';
export { type BudgetFault, boardWith, mpuRegionBytes, sramBudgetGrain } from './budget';
export { type BoardFault, parseBoard } from './parse-board';
export { smallestBudget, sramShortage } from './shortage';
export { arenaBudget, arenaRegion, type BudgetedRegion, budgetedSram, sramBytesOf } from './sram';
