import { BenchError } from '../bench';
import { parseTrainingSettings } from './settings';

const ROWS = ['personalise', 'sram'];

it('runs every row on three seeds and six speakers unless told otherwise', () => {
  expect(parseTrainingSettings([], ROWS)).toMatchObject({ rows: [], splits: [0, 1, 2], pairs: 6 });
  const few = parseTrainingSettings(['--row', 'sram', '--seeds', '1', '--speakers', 'theo,lucas'], ROWS);
  expect(few).toMatchObject({ rows: ['sram'], splits: [1], speakers: ['theo', 'lucas'] });
});

it.each([
  [['--row', 'speed']],
  [['--seeds', '3']],
  [['--speakers', 'nobody']],
  [['--pairs', '0']],
  [['--fast']],
])('refuses %j', (words) => {
  expect(() => parseTrainingSettings(words, ROWS)).toThrow(BenchError);
});
