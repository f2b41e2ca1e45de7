import type { Unary, UnaryFunction } from '#libs/model/ir';
import fc from 'fast-check';
import { type Affine, GraphBuilder } from '#test/support/graph-builder';
import { clampTo, exactMultiplier, exactScaled } from '#test/support/exact-arithmetic';
import { unaryTable } from './unary-table';

interface Case {
  readonly of: UnaryFunction;
  readonly from: Affine;
  readonly to: Affine;
  readonly type?: 'int8' | 'uint8';
}

/** The table as a function of the stored input. */
function tableOf({ of, from, to, type = 'int8' }: Case): (stored: number) => number {
  const builder = new GraphBuilder('unary');
  const graph = builder.build(builder.unary('u', builder.input([1], from, type), of, to));
  const table = unaryTable(graph, graph.ops[0] as Unary);
  expect(table.length).toBe(256);
  return (stored) => table[stored & 0xff] as number;
}

const float = Math.fround;
const affine = fc.record({
  scale: fc.double({ min: 0.0005, max: 2, noNaN: true }).map(float),
  zeroPoint: fc.integer({ min: -128, max: 127 }),
});
const stored = fc.integer({ min: -128, max: 127 });
const STORED = Array.from({ length: 256 }, (_, i) => i - 128);

/** (x - z) * ratio + z' */
const rescaled = (x: number, { from, to }: Case, ratio = from.scale / to.scale): number =>
  exactScaled(x - from.zeroPoint, exactMultiplier(ratio)) + to.zeroPoint;

describe('the table of', () => {
  it('RELU scales and cuts at the zero point', () => {
    const y = tableOf({
      of: { name: 'relu' },
      from: { scale: 0.5, zeroPoint: 10 },
      to: { scale: 0.25, zeroPoint: -20 },
    });
    expect([-128, 9, 10, 11, 14, 83, 84, 127].map(y)).toEqual([-20, -20, -20, -18, -12, 126, 127, 127]);
  });

  it('RELU6 compares stored values and leaves the output scale alone', () => {
    const y = tableOf({
      of: { name: 'relu6' },
      from: { scale: 0.1, zeroPoint: -10 },
      to: { scale: 3, zeroPoint: 99 },
    });
    expect([-128, -11, -10, -9, 49, 50, 51, 127].map(y)).toEqual([-10, -10, -10, -9, 49, 50, 50, 50]);
  });

  it('RELU6 has no upper end where 6 lies beyond int8', () => {
    const y = tableOf({
      of: { name: 'relu6' },
      from: { scale: 0.001, zeroPoint: 0 },
      to: { scale: 0.001, zeroPoint: 0 },
    });
    expect(y(127)).toBe(127);
  });

  it('RELU_N1_TO_1 keeps -1 to 1', () => {
    const quantization = { scale: 1 / 64, zeroPoint: 3 };
    const y = tableOf({ of: { name: 'reluN1To1' }, from: quantization, to: quantization });
    expect([-128, -61, -60, 3, 67, 68, 127].map(y)).toEqual([-61, -61, -60, 3, 67, 67, 67]);
  });

  it.each([['requantize'], ['relu'], ['reluN1To1']] as const)('%s is the exact product, clamped', (name) => {
    fc.assert(
      fc.property(affine, affine, stored, (from, to, x) => {
        const given: Case = { of: { name }, from, to };
        const one = Math.round(float(1 / to.scale));
        const low = { requantize: -128, relu: to.zeroPoint, reluN1To1: to.zeroPoint - one }[name];
        const high = name === 'reluN1To1' ? to.zeroPoint + one : 127;
        expect(tableOf(given)(x)).toBe(clampTo(rescaled(x, given), Math.max(low, -128), Math.min(high, 127)));
      }),
    );
  });

  it('LEAKY_RELU has a slope of float32 on either side', () => {
    fc.assert(
      fc.property(affine, affine, stored, fc.constantFrom(0.01, 0.1, 0.3, 1.5), (from, to, x, slope) => {
        const alpha = float(slope);
        const given: Case = { of: { name: 'leakyRelu', alpha }, from, to };
        const ratio =
          x < from.zeroPoint ? float(float(from.scale * alpha) / to.scale) : float(from.scale / to.scale);
        expect(tableOf(given)(x)).toBe(clampTo(rescaled(x, given, ratio)));
      }),
    );
  });

  it('LEAKY_RELU turns around where its slope is negative', () => {
    const quantization = { scale: 1, zeroPoint: 0 };
    const y = tableOf({ of: { name: 'leakyRelu', alpha: -0.5 }, from: quantization, to: quantization });
    expect([-128, -10, -3, 0, 7].map(y)).toEqual([64, 5, 2, 0, 7]);
  });

  it('QUANTIZE reads uint8 by its own range, and the shift by 128 is exact', () => {
    const scale = 0.0078125;
    const y = tableOf({
      of: { name: 'requantize' },
      from: { scale, zeroPoint: 128 },
      to: { scale, zeroPoint: 0 },
      type: 'uint8',
    });
    expect([0, 1, 127, 128, 255].map(y)).toEqual([-128, -127, -1, 0, 127]);
  });

  it.each([0.0001, 0.02, 0.0625, 0.3, 1.1])(
    'LOGISTIC at scale %d is the function to half a step, and rises',
    (scale) => {
      const from = { scale: float(scale), zeroPoint: -7 };
      const y = tableOf({ of: { name: 'logistic' }, from, to: { scale: 1 / 256, zeroPoint: -128 } });
      for (const x of STORED) {
        const real = 256 / (1 + Math.exp(-(x + 7) * from.scale)) - 128;
        expect(Math.abs(y(x) - Math.min(real, 127))).toBeLessThan(0.51);
        if (x > -128) expect(y(x)).toBeGreaterThanOrEqual(y(x - 1));
      }
      expect(y(-7)).toBe(0);
    },
  );

  it('LOGISTIC at coarse scales has the narrow radius of TensorFlow Lite: one step, then none', () => {
    const at = (scale: number): ((stored: number) => number) =>
      tableOf({
        of: { name: 'logistic' },
        from: { scale, zeroPoint: 0 },
        to: { scale: 1 / 256, zeroPoint: -128 },
      });
    expect([-1, 0, 1].map(at(4.5))).toEqual([-128, 0, 127]);
    expect([-1, 0, 1].map(at(20))).toEqual([-128, -128, 127]);
  });

  it('HARD_SWISH is the function to one step or two, and the identity far out', () => {
    const from = { scale: 0.05, zeroPoint: 4 };
    const to = { scale: 0.03, zeroPoint: -90 };
    const y = tableOf({ of: { name: 'hardSwish' }, from, to });
    for (const x of STORED) {
      const real = (x - 4) * 0.05;
      const expected = (real * Math.min(6, Math.max(0, real + 3))) / 6 / 0.03 - 90;
      expect(Math.abs(y(x) - clampTo(expected))).toBeLessThan(1.6);
    }
    expect([-128, -57, 4].map(y)).toEqual([-90, -90, -90]);
  });

  it('HARD_SWISH with an output too coarse for 16 bits rounds what is positive up, as the int16 mask has it', () => {
    const from = { scale: 2 ** -10, zeroPoint: 0 };
    const y = tableOf({ of: { name: 'hardSwish' }, from, to: { scale: 1, zeroPoint: 0 } });
    expect([-128, -1, 127].map(y)).toEqual([-1, -1, 1]);
  });
});
