import { counted, meanOf, NOTHING, orNothing, percent, points } from './numbers';
import { ago, clockTime, dateTime, duration } from './time';

it.each([
  [-5, '0 s'],
  [59_400, '59 s'],
  [65_000, '1 min 05 s'],
  [600_000, '10 min'],
  [7_620_000, '2 h 07 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms last %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it.each([
  [-3_000, 'now'],
  [1_999, 'now'],
  [12_900, '12 s ago'],
  [300_000, '5 min ago'],
  [10_800_000, '3 h ago'],
  [777_600_000, '9 d ago'],
])('%d ms before now is %s', (ms, text) => {
  expect(ago(ms)).toBe(text);
});

it('tells times of day with all their digits', () => {
  const date = new Date(2026, 0, 5, 4, 3, 2);
  expect([clockTime(date), dateTime(date)]).toEqual(['04:03:02', '2026-01-05 04:03:02']);
});

it('shows a dash for what is not there, and zero as zero', () => {
  expect([orNothing(null, percent), orNothing(undefined, percent), orNothing(0, percent)]).toEqual([
    NOTHING,
    NOTHING,
    '0.0',
  ]);
});

it('writes a difference with its sign, and no sign where it rounds to nothing', () => {
  expect([points(0.8, 0.925), points(0.9, 0.4), points(0.5, 0.5003), points(0.5, 0.4997)]).toEqual([
    '+12.5',
    '−50.0',
    '±0.0',
    '±0.0',
  ]);
});

it('takes the mean of what is there', () => {
  expect([meanOf([1, null, 2, undefined]), meanOf([null])]).toEqual([1.5, undefined]);
});

it('counts in words', () => {
  expect([counted(1, 'device'), counted(0, 'device'), counted(12_000, 'device')]).toEqual([
    '1 device',
    '0 devices',
    '12,000 devices',
  ]);
});
