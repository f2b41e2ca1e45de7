import { lossWords, measureWords } from './measure';
import { ACCURACY, SQUARED_ERROR } from './testing';

it('writes accuracies in percent and errors with three figures', () => {
  expect(measureWords(ACCURACY).format(0.925)).toBe('92.5');
  const errors = [5.0985, 0.04394, 0, 12_345.6, 999.7, 0.001, 0.0000562, 65_536_000, 5e-324];
  expect(errors.map(measureWords(SQUARED_ERROR).format)).toEqual([
    '5.10',
    '0.0439',
    '0',
    '12,346',
    '1,000',
    '0.00100',
    '5.62e-5',
    '6.55e7',
    '4.94e-324',
  ]);
});

it('says which way is better, and how far two values are apart', () => {
  const [accuracy, error] = [ACCURACY, SQUARED_ERROR].map(measureWords);
  expect([accuracy?.direction, error?.direction]).toEqual(['higher is better', 'lower is better']);
  expect(accuracy?.change(0.8, 0.925)).toBe('+12.5');
  const changes = [2, 3, 2.0001, 1.9999].map((to) => error?.change(to === 2 ? 8 : 2, to));
  expect(changes).toEqual(['−75 %', '+50 %', '±0 %', '±0 %']);
});

it('does not say that an error is gone that is small, and keeps to a few characters where it grew', () => {
  const { change } = measureWords(SQUARED_ERROR);
  expect([change(5, 0.001), change(5, 0), change(0, 0), change(0, 1e-9)]).toEqual([
    '<−99 %',
    '−100 %',
    '±0 %',
    '+∞ %',
  ]);
  expect([change(0.001, 0.0125), change(1e-6, 50)]).toEqual(['×12.5', '×5.00e7']);
});

it('writes losses of the wire in their units', () => {
  expect(lossWords(ACCURACY.loss).format(98_304)).toBe('1.500');
  expect([lossWords(SQUARED_ERROR.loss).valueOf(64), lossWords(SQUARED_ERROR.loss).format(64)]).toEqual([
    1,
    '1.00',
  ]);
});
