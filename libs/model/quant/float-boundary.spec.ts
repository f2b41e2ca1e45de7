import { dequantizeToFloat, quantizeFloat } from './float-boundary';

describe('the float boundary', () => {
  it('rounds halves away from zero and saturates', () => {
    const values = Float32Array.of(0, 0.25, -0.25, 0.24, 0.75, -0.75, 1e30, -1e30, Infinity, -Infinity, NaN);
    const { buffer } = quantizeFloat(values, { scale: 0.5, zeroPoint: 3 });
    expect([...new Int8Array(buffer)]).toEqual([3, 4, 2, 3, 5, 1, 127, -128, 127, -128, 3]);
  });

  it('divides in float32', () => {
    const scale = Math.fround(0.1);
    const value = Math.fround(0.35);
    expect(value / scale).toBeLessThan(3.5);
    expect(quantizeFloat(Float32Array.of(value), { scale, zeroPoint: 0 })[0]).toBe(4);
  });

  it('gives back every int8', () => {
    const all = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    const quantization = { scale: Math.fround(0.0123), zeroPoint: 17 };
    expect(quantizeFloat(dequantizeToFloat(all, quantization), quantization)).toEqual(all);
  });
});
