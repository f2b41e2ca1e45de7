import { constantRate, rateAt, rateOf, warmUpThenConstant, warmUpThenCosine } from './learning-rate';

describe('learning rate', () => {
  it('is a 15-bit mantissa and an exponent', () => {
    expect(rateOf(0.02)).toEqual({ mantissa: 20972, exponent: -5 });
    expect(rateOf(1)).toEqual({ mantissa: 16384, exponent: 1 });
  });

  it('warms up in 8 segments over the first tenth and then stays', () => {
    const segments = warmUpThenConstant(0.02, 1000);
    expect(segments.map(({ firstStep }) => firstStep)).toEqual([0, 12, 25, 37, 50, 62, 75, 87]);
    expect(rateAt(segments, 0)).toEqual(rateOf(0.0025));
    expect(rateAt(segments, 24)).toEqual(rateOf(0.005));
    expect(rateAt(segments, 87)).toEqual(rateOf(0.02));
    expect(rateAt(segments, 999)).toEqual(rateOf(0.02));
  });

  it('merges segments that a short session leaves no steps for', () => {
    expect(warmUpThenConstant(0.02, 20)).toEqual([
      { firstStep: 0, rate: rateOf(0.01) },
      { firstStep: 1, rate: rateOf(0.02) },
    ]);
    expect(warmUpThenConstant(0.02, 5)).toEqual(constantRate(0.02));
  });

  it('falls as half a cosine wave after 4 segments of warm-up, in 12 segments', () => {
    const segments = warmUpThenCosine(0.02, 1000);
    expect(segments.map(({ firstStep }) => firstStep)).toEqual([
      0, 25, 50, 75, 100, 212, 325, 437, 550, 662, 775, 887,
    ]);
    expect(segments.slice(0, 4).map(({ rate }) => rate)).toEqual([0.005, 0.01, 0.015, 0.02].map(rateOf));
    segments.slice(4).forEach(({ rate: { mantissa, exponent } }, i) => {
      const wanted = 0.01 * (1 + Math.cos((Math.PI * (2 * i + 1)) / 16));
      expect(Math.abs(mantissa * 2 ** (exponent - 15) - wanted)).toBeLessThan(5e-7);
    });
  });

  it('falls also where a session is too short to warm up', () => {
    const segments = warmUpThenCosine(0.02, 3);
    expect(segments.map(({ firstStep }) => firstStep)).toEqual([0, 1, 2]);
    expect(rateAt(segments, 2).exponent).toBeLessThan(rateAt(segments, 0).exponent);
  });
});
