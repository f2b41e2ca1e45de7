import { atLeast, atMost, bytes, fraction, verdict } from './bar';

it('is met at the bar itself, and missed by the distance on the wrong side', () => {
  expect(verdict(atLeast(0.968), 0.968, fraction)).toBe('met');
  expect(verdict(atLeast(0.968), 0.96, fraction)).toBe('missed by .008');
  expect(verdict(atMost(40_000), 39_848, bytes)).toBe('met');
  expect(verdict(atMost(32_000), 33_500, bytes)).toBe('missed by 1,500');
});

it('does not take what is no number for a success', () => {
  expect(verdict(atMost(1), NaN, bytes)).toBe('not measured');
});
