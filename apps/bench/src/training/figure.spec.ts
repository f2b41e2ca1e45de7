import { atMost, bytes } from './bar';
import { figureTable, held, noted } from './figure';

it('shows what was measured beside its anchor, its bar and the verdict', () => {
  const question = { what: 'arena', anchor: '24.6 KB', bar: atMost(40_000), format: bytes };
  const table = figureTable([
    { row: 'sram', figures: [held(question, 39_848), held(question, 40_001)] },
    { row: 'step', figures: [noted('features', '2,560 B')] },
  ]).split('\n');
  expect(table[2]).toMatch(/^sram +arena +39,848 +24\.6 KB +<= 40,000 +met$/);
  expect(table[3]).toMatch(/^ +arena +40,001 +24\.6 KB +<= 40,000 +missed by 1$/);
  expect(table[4]).toMatch(/^step +features +2,560 B +- +-$/);
});
