import { activationRange } from './activation-range';

describe('activation range', () => {
  it('of no activation is all of int8', () => {
    expect(activationRange('none', { scale: 0.1, zeroPoint: 4 })).toEqual({ min: -128, max: 127 });
  });

  it('of ReLU6 ends at round(6 / scale) above the zero point, inside int8', () => {
    expect(activationRange('relu6', { scale: Math.fround(6 / 255), zeroPoint: -128 })).toEqual({
      min: -128,
      max: 127,
    });
    expect(activationRange('relu6', { scale: 0.1, zeroPoint: -100 })).toEqual({ min: -100, max: -40 });
  });

  it('of ReLU and ReLU-1-1 begins at the quantised bound', () => {
    expect(activationRange('relu', { scale: 0.1, zeroPoint: 7 })).toEqual({ min: 7, max: 127 });
    expect(activationRange('reluN1To1', { scale: 0.08, zeroPoint: 0 })).toEqual({ min: -13, max: 13 });
  });
});
