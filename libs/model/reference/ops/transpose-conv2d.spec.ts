import fc from 'fast-check';
import { clampTo, exactMultiplier, exactScaled } from '#test/support/exact-arithmetic';
import { at } from '#libs/base/result';
import { type ConvolutionOptions, GraphBuilder } from '#test/support/graph-builder';
import { runGraph } from '../run-graph';

const INPUT = { scale: 1, zeroPoint: 2 };

function outputOf(shape: readonly number[], values: Int8Array, options: ConvolutionOptions): number[] {
  const builder = new GraphBuilder('transposed');
  const graph = builder.build(builder.transposeConv('t', builder.input(shape, INPUT), options));
  return [...(runGraph(graph, [values]).get(at(graph.outputs, 0)) as Int8Array)];
}

const PLAIN = { channels: 1, scales: [1], output: { scale: 1, zeroPoint: 0 } };

describe('TRANSPOSE_CONV', () => {
  it('lays a weighted kernel at every input pixel, and sums where they overlap', () => {
    const options = { ...PLAIN, kernel: { height: 1, width: 3 }, stride: { height: 1, width: 2 } };
    const weights = Int8Array.of(1, 2, 3);
    const result = outputOf([1, 1, 2, 1], Int8Array.of(3, 12), { ...options, weights, biases: 'none' });
    expect(result).toEqual([1, 2, 3 + 10, 20, 30]);
  });

  it('drops what padding cuts off, and leaves the bias where nothing reaches', () => {
    const options = { ...PLAIN, kernel: 1, stride: 2, padding: { top: 0, left: 0, bottom: 0, right: -1 } };
    const given = { ...options, weights: Int8Array.of(4), biases: Int32Array.of(7) };
    expect(outputOf([1, 1, 2, 1], Int8Array.of(3, 4), given)).toEqual([11, 7, 15, 7]);
    const cut = {
      ...PLAIN,
      kernel: { height: 1, width: 3 },
      padding: { top: 0, left: 1, bottom: 0, right: 1 },
    };
    const inside = { ...cut, weights: Int8Array.of(1, 10, 100), biases: 'none' as const };
    expect(outputOf([1, 1, 2, 1], Int8Array.of(3, 2), inside)).toEqual([10, 100]);
  });

  it('wraps the sum of a dead channel, whose bias is the least int32', () => {
    const dead = { channels: 2, scales: [4e-9, 1], biases: Int32Array.of(-(2 ** 31), 1) };
    const options = { ...dead, weights: Int8Array.of(-128, 1), output: { scale: 1, zeroPoint: 5 } };
    expect(outputOf([1, 1, 1, 1], Int8Array.of(-8), options)).toEqual([-4, -4]);
    expect(outputOf([1, 1, 1, 1], Int8Array.of(12), options)).toEqual([14, 16]);
  });

  it('is the formula, exactly', () => {
    const drawn = fc.record({
      extent: fc.integer({ min: 1, max: 4 }),
      kernel: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      scale: fc.double({ min: 1e-5, max: 0.01, noNaN: true }).map(Math.fround),
    });
    fc.assert(
      fc.property(drawn, fc.infiniteStream(fc.integer({ min: -128, max: 127 })), (given, stream) => {
        const { extent, kernel, stride, scale } = given;
        const take = (count: number): Int8Array =>
          Int8Array.from({ length: count }, () => stream.next().value as number);
        const [x, w] = [take(extent * 2), take(kernel * 2 * 3)];
        const width = (extent - 1) * stride + kernel;
        const expected = Array.from({ length: width * 3 }, (_, index) => {
          const [place, o] = [Math.floor(index / 3), index % 3];
          let sum = 0;
          for (let pixel = 0; pixel < extent; pixel++) {
            const tap = place - pixel * stride;
            if (tap < 0 || tap >= kernel) continue;
            for (let i = 0; i < 2; i++)
              sum += at(w, (o * kernel + tap) * 2 + i) * (at(x, pixel * 2 + i) - INPUT.zeroPoint);
          }
          return clampTo(exactScaled(sum, exactMultiplier(scale)));
        });
        const result = outputOf([1, 1, extent, 2], x, {
          channels: 3,
          kernel: { height: 1, width: kernel },
          stride: { height: 1, width: stride },
          weights: w,
          biases: 'none',
          scales: [scale],
          output: { scale: 1, zeroPoint: 0 },
        });
        expect(result).toEqual(expected);
      }),
    );
  });
});
