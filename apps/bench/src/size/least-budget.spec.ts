import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { arenaBudget, parseBoard } from '#libs/firmware/boards';
import { repositoryRoot } from '../repository';
import { withLeastBudget } from './least-budget';

const path = join(repositoryRoot, 'firmware-templates/boards/virtual-m4/board.json');
const board = unwrap(parseBoard(JSON.parse(readFileSync(path, 'utf8'))));

it.each([1_000, 33_384, 47_080, 55_296, 55_297, 180_944])(
  'an arena of %d bytes fits in its least budget, and not in the one below',
  (arenaBytes) => {
    const fitting = withLeastBudget(board, arenaBytes);
    expect(fitting && arenaBudget(fitting)).toBeGreaterThanOrEqual(arenaBytes);
    const smaller = withLeastBudget(board, arenaBytes - 32_768);
    if (smaller) expect(smaller.budget.sramBytes).toBeLessThan(fitting?.budget.sramBytes ?? 0);
  },
);

it('there is none beyond the memory of the board', () => {
  expect(withLeastBudget(board, board.memory.sram[0].bytes)).toBeUndefined();
});
