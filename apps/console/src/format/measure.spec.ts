import { lossWords, measureWords } from './measure';
import { ACCURACY, SQUARED_ERROR } from './testing';

it('writes accuracies in percent and errors with three figures', () => {
  expect(measureWords(ACCURACY).format(0.925)).toBe('92.5');
  expect([5.0985, 0.04394, 0, 12_345.6, 999.7].map(measureWords(SQUARED_ERROR).format)).toEqual([
    '5.10',
    '0.0439',
    '0',
    '12,346',
    '1,000',
  ]);
});

it('says which way is better, and how far two values are apart', () => {
  const [accuracy, error] = [ACCURACY, SQUARED_ERROR].map(measureWords);
  expect([accuracy?.direction, error?.direction]).toEqual(['higher is better', 'lower is better']);
  expect(accuracy?.change(0.8, 0.925)).toBe('+12.5');
  expect([error?.change(2, 0.5), error?.change(2, 3), error?.change(2, 2.0001), error?.change(0, 1)]).toEqual(
    ['−75 %', '+50 %', '±0 %', ''],
  );
});

it('writes losses of the wire in their units', () => {
  expect(lossWords(ACCURACY.loss).format(98_304)).toBe('1.500');
  expect([lossWords(SQUARED_ERROR.loss).valueOf(64), lossWords(SQUARED_ERROR.loss).format(64)]).toEqual([
    1,
    '1.00',
  ]);
});
