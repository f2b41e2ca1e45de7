import { pageRequest, pagesOf, rangeWords } from './paging';

it.each([
  [null, 0],
  ['1', 0],
  ['3', 100],
  ['-2', 0],
  ['1.5', 0],
  ['x', 0],
  ['1e99', 0],
])('page %s begins after %d rows', (page, skip) => {
  expect(pageRequest(page, 50)).toEqual({ skip, take: 50 });
});

it('says which rows of how many are there', () => {
  expect([rangeWords(50, 50, 212), rangeWords(0, 8, 8), rangeWords(50, 0, 8)]).toEqual([
    '51–100 of 212',
    'all 8',
    'none of 8',
  ]);
});

it('has one page even for an empty list', () => {
  expect([pagesOf(0, 50), pagesOf(50, 50), pagesOf(51, 50)]).toEqual([1, 1, 2]);
});
