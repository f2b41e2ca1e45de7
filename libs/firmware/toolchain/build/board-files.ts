import { arenaRegion, type Board, budgetedSram } from '#libs/firmware/boards';
import type { SourceFile } from '#libs/firmware/codegen';

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** Names of the regions in linker scripts; the linker uses them when it complains. */
export const LINK_REGION = { flash: 'FLASH', main: 'SRAM', arena: 'ARENA', vectors: 'VECTORS' } as const;

type Symbols = Readonly<Record<string, number>>;
type Memory = readonly [region: string, access: string, origin: number, bytes: number];

/** The first of the two linker scripts: a board's numbers, and where the arena goes (boards/<family>/link.ld has the rest). */
export function boardScript(board: Board, arenaBytes: number): SourceFile {
  const { flash, vectors, storage, sram } = board.memory;
  const [main] = budgetedSram(board);
  const arena = arenaRegion(board, arenaBytes);
  const isApart = arena.name !== sram[0].name;
  const symbols: Symbols = {
    __flash_origin: flash.origin,
    __flash_region_bytes: flash.bytes,
    __sram_origin: sram[0].origin,
    __sram_bytes: main?.budgetBytes ?? 0,
    __arena_origin: arena.origin,
    __arena_bytes: isApart ? arena.budgetBytes : 0,
    __stack_bytes: board.stackBytes,
    __storage_origin: storage?.origin ?? 0,
    __storage_bytes: storage?.bytes ?? 0,
  };
  const regions: readonly Memory[] = [
    [LINK_REGION.flash, 'rx', flash.origin, board.budget.flashBytes],
    [LINK_REGION.main, 'rw', sram[0].origin, main?.budgetBytes ?? 0],
    ...(vectors ? [[LINK_REGION.vectors, 'rx', vectors.origin, vectors.bytes] as const] : []),
    ...(isApart ? [[LINK_REGION.arena, 'rw', arena.origin, arena.budgetBytes] as const] : []),
  ];
  const aliases = [
    ...(vectors ? [] : [`REGION_ALIAS("${LINK_REGION.vectors}", ${LINK_REGION.flash})`]),
    ...(isApart ? [] : [`REGION_ALIAS("${LINK_REGION.arena}", ${LINK_REGION.main})`]),
  ];
  return { path: 'board.ld', text: scriptText(board, symbols, regions, aliases) };
}

const scriptText = (
  board: Board,
  symbols: Symbols,
  regions: readonly Memory[],
  aliases: readonly string[],
): string =>
  [
    `/* ${board.name}, as its budget draws it. */`,
    ...Object.entries(symbols).map(([name, value]) => `${name} = ${hex(value)};`),
    'MEMORY {',
    ...regions.map(
      ([name, access, origin, bytes]) => `  ${name} (${access}) : ORIGIN = ${hex(origin)}, LENGTH = ${bytes}`,
    ),
    '}',
    ...aliases,
    '',
  ].join('\n');

/** What the hardware layer is told about the board, as a header; none where the board has no drivers. */
export function boardHeader({ name, drivers }: Board): SourceFile | undefined {
  if (!drivers) return undefined;
  const defines = {
    BOARD_NETWORK_UART: `${hex(drivers.networkUart)}u`,
    BOARD_LOG_UART: `${hex(drivers.logUart)}u`,
    BOARD_RECEIVE_INTERRUPT: String(drivers.receiveInterrupt),
    BOARD_CLOCK_HZ: String(drivers.clockHz),
  };
  const lines = Object.entries(defines).map(([macro, value]) => `#define ${macro} ${value}\n`);
  return { path: 'board_config.h', text: `/* ${name} */\n${lines.join('')}` };
}
