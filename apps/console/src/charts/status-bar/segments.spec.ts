import { segmentsOf } from './segments';

const state = (word: string, tone: 'good' | 'working' | 'off') => ({ word, tone, meaning: '' });

it('counts equal states; what is done stands first, what is lost last', () => {
  const segments = segmentsOf([
    state('missed', 'off'),
    state('training', 'working'),
    state('stored', 'good'),
    state('training', 'working'),
    state('fetching', 'working'),
  ]);
  expect(segments.map(({ word, count }) => [word, count])).toEqual([
    ['stored', 1],
    ['fetching', 1],
    ['training', 2],
    ['missed', 1],
  ]);
});

it('is empty for nothing', () => {
  expect(segmentsOf([])).toEqual([]);
});
