import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import {
  arenaBudget,
  arenaRegion,
  type Board,
  boardWith,
  budgetedSram,
  parseBoard,
  smallestBudget,
  sramBudgetGrain,
  sramBytesOf,
  sramShortage,
} from '.';

const folder = join(__dirname, '../../../firmware-templates/boards');
const describedIn = (name: string): unknown =>
  JSON.parse(readFileSync(join(folder, name, 'board.json'), 'utf8'));
const mainRoom = (board: Board): number =>
  Math.min(board.budget.sramBytes, board.memory.sram[0].bytes) - board.stackBytes - board.reserveBytes;
const load = (name: string): Board => unwrap(parseBoard(describedIn(name)));
const description = describedIn('mps2-an386') as Readonly<Record<string, unknown>>;

describe('parseBoard', () => {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'board.json')));
  test.each(names)('accepts %s, which is named like its folder', (name) => {
    const board = load(name);
    expect(board.name).toBe(name);
    expect(sramBytesOf(board)).toBeGreaterThanOrEqual(board.budget.sramBytes);
    expect(arenaBudget(board)).toBeGreaterThanOrEqual(mainRoom(board));
    expect(board.notes.some((note) => note.startsWith('Not run'))).toBe(board.runs === 'none');
  });

  test.each(Object.keys(description).filter((key) => key !== 'title'))(
    'refuses a description with a wrong "%s"',
    (key) => {
      const result = parseBoard({ ...description, [key]: -1 });
      expect(result).toMatchObject({ ok: false, error: { code: 'board.bad-description' } });
      expect(!result.ok && result.error.message).toContain(`"${key}"`);
    },
  );

  it('refuses what is no object', () => {
    for (const value of [null, 3, 'board', []]) expect(parseBoard(value).ok).toBe(false);
  });

  it('refuses a folder of start-up files that leaves the boards folder', () => {
    expect(parseBoard({ ...description, family: '../../etc' }).ok).toBe(false);
  });

  it('refuses SRAM that is no list of regions with names of their own', () => {
    const memory = description['memory'] as Readonly<Record<string, unknown>>;
    const region = { name: 'a', origin: '0x20000000', bytes: 65_536 };
    for (const sram of [[], region, [region, region], [{ ...region, origin: 0 }]]) {
      expect(parseBoard({ ...description, memory: { ...memory, sram } })).toMatchObject({
        ok: false,
        error: { code: 'board.bad-description' },
      });
    }
  });

  it('refuses a default budget that the board cannot enforce', () => {
    const odd = { ...description, defaultBudget: { sramBytes: 100_000, flashBytes: 1024 } };
    expect(parseBoard(odd)).toMatchObject({ ok: false, error: { code: 'board.bad-budget' } });
  });
});

describe('boardWith', () => {
  const board = load('mps2-an386');

  test.each([64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 1024, 3072, 4096])(
    'draws %i KB',
    (kib) => {
      expect(unwrap(boardWith(board, { sramBytes: kib * 1024 })).budget.sramBytes).toBe(kib * 1024);
    },
  );

  test.each([65 * 1024, 136 * 1024, 200_000, 0, -8, 1.5, 8 * 1024 * 1024, Number.NaN])(
    'refuses %d bytes',
    (sramBytes) => {
      expect(boardWith(board, { sramBytes })).toMatchObject({
        ok: false,
        error: { code: 'board.bad-budget' },
      });
    },
  );

  it('names the next budget that can be drawn', () => {
    const result = boardWith(board, { sramBytes: 65 * 1024 });
    expect(!result.ok && result.error.message).toContain(`the next is ${80 * 1024}`);
  });

  it('leaves no arena in a budget that stack and runtime use up', () => {
    expect(arenaBudget(unwrap(boardWith(board, { sramBytes: 8192 })))).toBe(0);
  });

  it('says of a model that does not fit what it needs and the least that would do', () => {
    const tiny = unwrap(boardWith(board, { sramBytes: 8192 }));
    const needed = 33_384 + board.stackBytes + board.reserveBytes;
    expect(sramShortage('kws', tiny, 33_384)).toContain(`needs ${needed} `);
    expect(sramShortage('kws', tiny, 33_384)).toContain(`${48 * 1024} bytes`);
    expect(sramShortage('kws', tiny, 64 << 20)).toContain('no budget of a');
  });

  it('keeps the flash budget where only SRAM is given', () => {
    expect(unwrap(boardWith(board, { sramBytes: 65536 })).budget.flashBytes).toBe(board.budget.flashBytes);
    expect(boardWith(board, { flashBytes: 5 * 1024 * 1024 }).ok).toBe(false);
  });
});

describe('sramBudgetGrain', () => {
  it('is an eighth of the next power of two on ARMv7-M, 32 bytes on ARMv8-M, nothing without a unit', () => {
    expect(sramBudgetGrain('mpu-v7', 192 * 1024)).toBe(32 * 1024);
    expect(sramBudgetGrain('mpu-v8', 192 * 1024)).toBe(32);
    expect(sramBudgetGrain('none', 192 * 1024)).toBe(1);
  });
});

describe('SRAM in several regions', () => {
  const board = load('nucleo-h743zi');
  const KIB = 1024;
  const withSram = (sramBytes: number): Board => unwrap(boardWith(board, { sramBytes }));
  const regionNames = (sramBytes: number): readonly string[] =>
    budgetedSram(withSram(sramBytes)).map(({ name }) => name);

  it('is used region by region, up to the budget', () => {
    expect(regionNames(64 * KIB)).toEqual(['dtcm']);
    expect(regionNames(128 * KIB)).toEqual(['dtcm']);
    expect(budgetedSram(withSram(256 * KIB)).map(({ budgetBytes }) => budgetBytes / KIB)).toEqual([128, 128]);
    expect(arenaBudget(withSram(256 * KIB))).toBe(128 * KIB);
  });

  it('holds an arena beside stack and runtime where it fits, else in the next region with room', () => {
    expect(arenaRegion(board, 100 * KIB).name).toBe('dtcm');
    expect(arenaRegion(board, 120 * KIB).name).toBe('axi-sram');
    expect(arenaRegion(board, 512 * KIB).name).toBe('axi-sram');
    expect(arenaRegion(board, 513 * KIB).name).toBe('axi-sram');
    expect(arenaBudget(board)).toBe(512 * KIB);
  });

  it('has a smallest budget for each arena, which holds it', () => {
    for (const kib of [1, 90, 117, 118, 119, 200, 500, 512]) {
      const least = smallestBudget(board, kib * KIB + board.stackBytes + board.reserveBytes);
      expect(arenaBudget(withSram(least ?? 0))).toBeGreaterThanOrEqual(kib * KIB);
    }
    expect(smallestBudget(board, 513 * KIB + board.stackBytes + board.reserveBytes)).toBeUndefined();
  });
});
