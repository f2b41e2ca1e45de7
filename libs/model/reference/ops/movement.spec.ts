import fc from 'fast-check';
import type { Graph, TensorId } from '#libs/model/ir';
import { at } from '#libs/base/result';
import { GraphBuilder } from '#test/support/graph-builder';
import { runGraph } from '../run-graph';

const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
const counting = (shape: readonly number[]): Int8Array =>
  Int8Array.from({ length: countOf(shape) }, (_, i) => i);
const QUANTIZATION = { scale: 0.1, zeroPoint: 99 };

const outputOf = (graph: Graph, inputs: readonly Int8Array[]): number[] => [
  ...(runGraph(graph, inputs).get(at(graph.outputs, 0)) as Int8Array),
];

/** What an operator makes of an input that counts its elements. */
function moved(
  shape: readonly number[],
  build: (builder: GraphBuilder, input: TensorId) => TensorId,
): number[] {
  const builder = new GraphBuilder('moved');
  const graph = builder.build(build(builder, builder.input(shape, QUANTIZATION)));
  return outputOf(graph, [counting(shape)]);
}

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 5 });

describe('TRANSPOSE', () => {
  it('turns rows into columns', () => {
    expect(moved([2, 3], (builder, input) => builder.transpose('t', input, [1, 0]))).toEqual([
      0, 3, 1, 4, 2, 5,
    ]);
  });

  it('gives dimension i of the output dimension permutation[i] of the input', () => {
    const turned = moved([2, 3, 2], (builder, input) => builder.transpose('t', input, [2, 0, 1]));
    expect(turned).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  });

  it('is undone by the inverse permutation', () => {
    const permuted = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      ),
    );
    fc.assert(
      fc.property(permuted, ([shape, permutation]) => {
        const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
        const back = moved(shape, (builder, input) =>
          builder.transpose('back', builder.transpose('there', input, permutation), inverse),
        );
        expect(back).toEqual([...counting(shape)]);
      }),
    );
  });
});

describe('STRIDED_SLICE', () => {
  it('walks each dimension by its own begin and stride, backwards too', () => {
    const slice = { begin: [1, 3], strides: [-1, -2], extents: [2, 2] };
    const walked = moved([3, 4], (builder, input) => builder.stridedSlice('s', input, slice));
    expect(walked).toEqual([7, 5, 3, 1]);
  });

  it('is three nested loops', () => {
    const axis = fc
      .record({ extent: fc.integer({ min: 1, max: 6 }), stride: fc.constantFrom(1, 2, 3, -1, -2) })
      .chain(({ extent, stride }) =>
        fc.integer({ min: 0, max: extent - 1 }).map((begin) => ({
          extent,
          stride,
          begin,
          count: Math.floor((stride > 0 ? extent - 1 - begin : begin) / Math.abs(stride)) + 1,
        })),
      );
    fc.assert(
      fc.property(axis, axis, axis, (a, b, c) => {
        const expected: number[] = [];
        for (let i = 0; i < a.count; i++) {
          for (let j = 0; j < b.count; j++) {
            for (let k = 0; k < c.count; k++) {
              const row = (a.begin + i * a.stride) * b.extent + b.begin + j * b.stride;
              expected.push(((row * c.extent + c.begin + k * c.stride) << 24) >> 24);
            }
          }
        }
        const axes = [a, b, c];
        const sliced = moved(
          axes.map(({ extent }) => extent),
          (builder, input) =>
            builder.stridedSlice('s', input, {
              begin: axes.map(({ begin }) => begin),
              strides: axes.map(({ stride }) => stride),
              extents: axes.map(({ count }) => count),
            }),
        );
        expect(sliced).toEqual(expected);
      }),
    );
  });
});

describe('PAD', () => {
  it('puts the zero point around every dimension', () => {
    const padded = moved([2, 2], (builder, input) =>
      builder.pad('p', input, { before: [1, 0], after: [0, 2] }),
    );
    expect(padded).toEqual([99, 99, 99, 99, 0, 1, 99, 99, 2, 3, 99, 99]);
  });

  it('is undone by the slice inside', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 3 }), (shape, border) => {
        const before = shape.map((_, axis) => (axis + border) % 3);
        const after = shape.map((_, axis) => (axis * border) % 2);
        const inside = moved(shape, (builder, input) =>
          builder.stridedSlice('inside', builder.pad('p', input, { before, after }), {
            begin: before,
            strides: shape.map(() => 1),
            extents: shape,
          }),
        );
        expect(inside).toEqual([...counting(shape)]);
      }),
    );
  });
});

describe('CONCATENATION', () => {
  it('lays operands one behind the other along the axis, constants too', () => {
    const builder = new GraphBuilder('concatenation');
    const first = builder.input([2, 1], QUANTIZATION);
    const second = builder.input([2, 2], QUANTIZATION);
    const third = builder.constant([2, 1], QUANTIZATION, Int8Array.of(8, 9));
    const graph = builder.build(builder.concatenation('c', [first, second, third, first], 1));
    const result = outputOf(graph, [Int8Array.of(0, 5), Int8Array.of(1, 2, 6, 7)]);
    expect(result).toEqual([0, 1, 2, 8, 0, 5, 6, 7, 9, 5]);
  });

  it('puts a tensor together again that was cut in two', () => {
    const cut = fc
      .array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 4 })
      .chain((shape) => fc.tuple(fc.constant(shape), fc.integer({ min: 0, max: shape.length - 1 })));
    fc.assert(
      fc.property(cut, ([shape, axis]) => {
        const part = (begin: number, count: number) => ({
          begin: shape.map((_, i) => (i === axis ? begin : 0)),
          strides: shape.map(() => 1),
          extents: shape.map((extent, i) => (i === axis ? count : extent)),
        });
        const whole = moved(shape, (builder, input) => {
          const head = builder.stridedSlice('head', input, part(0, 1));
          const tail = builder.stridedSlice('tail', input, part(1, at(shape, axis) - 1));
          return builder.concatenation('whole', [head, tail], axis);
        });
        expect(whole).toEqual([...counting(shape)]);
      }),
    );
  });
});

describe('RESIZE_NEAREST_NEIGHBOR', () => {
  it('copies whole pixels', () => {
    const doubled = moved([1, 1, 2, 2], (builder, input) =>
      builder.resizeNearest('r', input, { height: 2, width: 3 }),
    );
    expect(doubled).toEqual([0, 1, 0, 1, 2, 3, 0, 1, 0, 1, 2, 3]);
  });
});

describe('RESHAPE', () => {
  it('keeps the bytes', () => {
    expect(moved([2, 3], (builder, input) => builder.reshape('r', input, [3, 1, 2]))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });
});
