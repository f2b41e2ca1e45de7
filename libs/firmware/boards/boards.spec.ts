import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { arenaBudget, type Board, boardWith, parseBoard, sramBudgetGrain, sramShortage } from '.';

const folder = join(__dirname, '../../../firmware-templates/boards');
const describedIn = (name: string): unknown =>
  JSON.parse(readFileSync(join(folder, name, 'board.json'), 'utf8'));
const load = (name: string): Board => unwrap(parseBoard(describedIn(name)));
const description = describedIn('mps2-an386') as Readonly<Record<string, unknown>>;

describe('parseBoard', () => {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'board.json')));
  test.each(names)('accepts %s, which is named like its folder', (name) => {
    const board = load(name);
    expect(board.name).toBe(name);
    expect(arenaBudget(board)).toBe(board.budget.sramBytes - board.stackBytes - board.reserveBytes);
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
