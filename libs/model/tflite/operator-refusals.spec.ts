/** What a file may say with the operators that are supported, and still can't be compiled exactly. */
import { type Graph, type Op, type Quantization, type Tensor, type TensorId } from '#libs/model/ir';
import { unwrap } from '#libs/base/result';
import { GraphBuilder } from '#test/support/graph-builder';
import { rawFile, rawTensor, rawBuffer, type RawFile } from '#test/support/raw-tflite';
import { i32, i32Vector, i8, table } from './flatbuffer/flatbuffer-nodes';
import { type ImportError, type ImportLimits, importTflite, writeTflite } from './index';
import { int32Bytes } from './operators/integers';
import { BUILTIN } from './schema/builtin-operators';
import { OPTIONS } from './schema/enums';
import { OPERATOR, STRIDED_SLICE_OPTIONS, TENSOR } from './schema/fields';

const refusal = (bytes: Uint8Array, limits?: Partial<ImportLimits>): ImportError | undefined => {
  const result = importTflite(bytes, { ...(limits && { limits }) });
  return result.ok ? undefined : result.error;
};
const codesOf = (error: ImportError | undefined): readonly string[] =>
  error?.problems.map((problem) => problem.code) ?? [];

type Draw = (builder: GraphBuilder) => readonly TensorId[];

function drawn(draw: Draw): Graph {
  const builder = new GraphBuilder('case');
  return builder.build(...draw(builder));
}
/** The file of a graph, sound or not: writing checks nothing. */
const fileOf = (graph: Graph): Uint8Array => unwrap(writeTflite(graph));

const changed = (graph: Graph, name: string, change: Partial<Tensor>): Graph => ({
  ...graph,
  tensors: graph.tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor)),
});
const scaled = (scale: number, zeroPoint: number): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: 0,
});

const FINER = { scale: 0.01, zeroPoint: 3 };

describe('quantisation that an operator can not express', () => {
  const twoOf = (b: GraphBuilder): readonly [TensorId, TensorId] => [b.input([2, 4]), b.input([2, 4])];

  test.each<[string, Draw, Quantization]>([
    ['operands of a CONCATENATION', (b) => [b.concatenation('y', twoOf(b), 0)], scaled(0.03, -5)],
    [
      'the result of a LOGISTIC',
      (b) => [b.unary('y', b.input([4]), { name: 'logistic' })],
      scaled(0.5, -128),
    ],
    ['the result of a SOFTMAX', (b) => [b.softmax('y', b.input([4]))], scaled(1 / 256, 0)],
    ['a MAX_POOL_2D', (b) => [b.maxPool('y', b.input([1, 2, 2, 1]))], scaled(0.03, -5)],
    ['a PAD', (b) => [b.pad('y', b.input([2]), { before: [1], after: [0] })], scaled(0.02, 0)],
    [
      'a HARD_SWISH in steps far finer than its input',
      (b) => [b.unary('y', b.input([4]), { name: 'hardSwish' })],
      scaled(1e-6, 0),
    ],
    ['a sum in steps far finer than its operands', (b) => [b.add('y', ...twoOf(b))], scaled(1e-9, 0)],
  ])('%s', (_, draw, quantization) => {
    const graph = drawn(draw);
    expect(refusal(fileOf(graph))).toBeUndefined();
    const error = refusal(fileOf(changed(graph, 'y', { quantization })));
    expect(codesOf(error)).toContain('tflite.bad-quantization');
    expect(error?.message).toContain('"y"');
  });

  test('operators that only move bytes take another one, as TensorFlow Lite Micro does', () => {
    const graph = drawn((b) => [b.reshape('y', b.transpose('x', b.input([2, 3]), [1, 0]), [6])]);
    expect(refusal(fileOf(changed(graph, 'y', { quantization: scaled(0.5, 1) })))).toBeUndefined();
  });

  test('a softmax of a scale below what its fixed point holds', () => {
    const graph = drawn((b) => [b.softmax('y', b.input([4], { scale: 1e-9, zeroPoint: 0 }))]);
    expect(codesOf(refusal(fileOf(graph)))).toEqual(['tflite.bad-quantization']);
  });
});

describe('float32', () => {
  test('inside the model names both operators that make it', () => {
    const graph = drawn((b) => [
      b.softmax('y', b.quantize('again', b.dequantize('real', b.softmax('x', b.input([4]))))),
    ]);
    const error = refusal(fileOf(graph));
    expect(codesOf(error)).toEqual(['tflite.unsupported-float', 'tflite.unsupported-float']);
    expect(error?.problems.map(({ operator }) => operator?.index)).toEqual([1, 2]);
  });

  test('as an input or output that would be the same int8 tensor twice', () => {
    const twice = drawn((b) => {
      const x = b.softmax('x', b.input([4]));
      return [b.dequantize('a', x), b.dequantize('b', x)];
    });
    const through = drawn((b) => [b.dequantize('a', b.input([4]))]);
    const both = drawn((b) => {
      const x = b.floatInput([4]);
      return [b.add('y', b.quantize('fine', x, FINER), b.quantize('coarse', x))];
    });
    for (const graph of [twice, through, both])
      expect(codesOf(refusal(fileOf(graph)))).toEqual(['tflite.unsupported-float']);
  });

  test('as an input that two operators quantise alike is accepted', () => {
    const graph = drawn((b) => {
      const x = b.floatInput([4]);
      return [b.add('y', b.quantize('one', x), b.quantize('two', x))];
    });
    expect(refusal(fileOf(graph))).toBeUndefined();
  });

  test('in a model that was not quantised asks for full integer quantisation, once a tensor', () => {
    const graph = drawn((b) => [
      b.conv('y', b.conv('x', b.input([1, 2, 2, 1]), { channels: 1 }), { channels: 1 }),
    ]);
    const real = graph.tensors.map((tensor): Tensor =>
      tensor.role === 'constant' ? tensor : { ...tensor, type: 'float32' },
    );
    const error = refusal(fileOf({ ...graph, tensors: real }));
    const floats = error?.problems.filter(({ code }) => code === 'tflite.unsupported-type') ?? [];
    expect(new Set(floats.map(({ tensor }) => tensor)).size).toBe(floats.length);
    expect(floats.length).toBe(3);
    for (const { message } of floats) expect(message).toContain('full integer quantisation');
  });
});

describe('one answer names everything', () => {
  const graph = drawn((b) => {
    const x = b.unary('swish', b.input([1, 4, 4, 2]), { name: 'hardSwish' });
    return [b.conv('y', b.maxPool('pool', x, { kernel: 2, stride: 2 }), { channels: 2 })];
  });

  /** The code of HARD_SWISH made one that nobody reads. */
  function withUnknownOperator(bytes: Uint8Array): Uint8Array {
    const view = new DataView(bytes.buffer);
    const places = Array.from({ length: bytes.length / 4 }, (_, i) => 4 * i);
    const place = places.find((at) => view.getInt32(at, true) === BUILTIN.hardSwish);
    view.setInt32(place ?? 0, 130, true);
    return bytes;
  }

  test('an operator nobody knows, a 16-bit tensor, unsigned weights and a bias of the wrong length', () => {
    const spoilt = changed(changed(graph, 'pool', { type: 'int16' }), 'y.w', { type: 'uint8' });
    const short = changed(spoilt, 'y.b', { shape: [1], data: new Uint8Array(4), quantization: scaled(1, 0) });
    const error = refusal(withUnknownOperator(fileOf(short)));
    const said = error?.problems.map(({ code, tensor, operator }) => [
      code,
      tensor === undefined ? undefined : graph.tensors[tensor]?.name,
      operator?.index,
    ]);
    expect(said).toEqual([
      ['tflite.bad-quantization', 'pool', undefined],
      ['tflite.unsupported-operator', undefined, 0],
      ['tflite.unsupported-type', 'y.w', 2],
      ['tflite.bad-shape', 'y.b', 2],
    ]);
  });

  test('a tensor that is refused hides no operator, and a refused operator no shape of another', () => {
    const wrong = changed(graph, 'y', { shape: [1, 9, 9, 2] });
    const error = refusal(
      withUnknownOperator(fileOf(changed(wrong, 'swish', { quantization: scaled(-1, 0) }))),
    );
    expect(codesOf(error)).toEqual([
      'tflite.bad-quantization',
      'tflite.unsupported-operator',
      'tflite.inconsistent',
    ]);
    expect(error?.message).toMatch(/^3 problems: \(1\) .*\(2\) .*\(3\) /);
  });
});

describe('operands and order', () => {
  test('a constant where an operator computes on what is given', () => {
    const graph = drawn((b) => [b.maxPool('y', b.constant([1, 2, 2, 1])), b.softmax('z', b.input([4]))]);
    expect(codesOf(refusal(fileOf(graph)))).toEqual(['tflite.unsupported-option']);
  });

  test('operators that read before something is written, that write twice, that go round in a circle', () => {
    const graph = drawn((b) => [b.reshape('y', b.reshape('x', b.input([4]), [2, 2]), [4, 1])]);
    const [first, second] = graph.ops as [Op, Op];
    const circle = { ...first, input: graph.outputs[0]! } as Op;
    for (const ops of [
      [second, first],
      [first, second, second],
      [circle, second],
    ])
      expect(new Set(codesOf(refusal(fileOf({ ...graph, ops }))))).toEqual(new Set(['tflite.inconsistent']));
  });

  test('a slice with an ellipsis or a new dimension, or by no step', () => {
    const indices = (...values: number[]) => rawBuffer(int32Bytes(values));
    const index = (name: string, buffer: number) =>
      rawTensor(name, [2], {
        [TENSOR.type]: i8(2),
        [TENSOR.buffer]: i32(buffer),
        [TENSOR.quantization]: undefined,
      });
    const slice = (options: Record<number, ReturnType<typeof i32>>, stride = 1): Partial<RawFile> => ({
      builtin: BUILTIN.stridedSlice,
      tensors: [
        rawTensor('in', [4, 4]),
        rawTensor('out', [2, 2]),
        index('b', 1),
        index('e', 2),
        index('s', 3),
      ],
      buffers: [table({}), indices(0, 1), indices(2, 3), indices(1, stride)],
      operator: {
        [OPERATOR.inputs]: i32Vector([0, 2, 3, 4]),
        [OPERATOR.optionsType]: i8(OPTIONS.stridedSlice),
        [OPERATOR.options]: table(options),
      },
    });
    expect(refusal(rawFile(slice({})))).toBeUndefined();
    for (const spoilt of [
      slice({ [STRIDED_SLICE_OPTIONS.ellipsisMask]: i32(1) }),
      slice({ [STRIDED_SLICE_OPTIONS.newAxisMask]: i32(2) }),
      slice({}, 0),
    ])
      expect(codesOf(refusal(rawFile(spoilt)))).toEqual(['tflite.unsupported-option']);
  });

  test('PADV2 with another filler than the zero point', () => {
    const padded = (filler: number): Partial<RawFile> => ({
      builtin: BUILTIN.padV2,
      tensors: [
        rawTensor('in', [3]),
        rawTensor('out', [4]),
        rawTensor('borders', [1, 2], {
          [TENSOR.type]: i8(2),
          [TENSOR.buffer]: i32(1),
          [TENSOR.quantization]: undefined,
        }),
        rawTensor('filler', [1], { [TENSOR.buffer]: i32(2) }),
      ],
      buffers: [table({}), rawBuffer(int32Bytes([1, 0])), rawBuffer(new Uint8Array([filler]))],
      operator: { [OPERATOR.inputs]: i32Vector([0, 2, 3]) },
    });
    expect(refusal(rawFile(padded(3)))).toBeUndefined();
    expect(codesOf(refusal(rawFile(padded(4))))).toEqual(['tflite.unsupported-option']);
  });
});

test('what would take memory or time beyond the limits', () => {
  const graph = drawn((b) => [b.conv('y', b.input([1, 8, 8, 4]), { channels: 8, kernel: 3 })]);
  expect(refusal(fileOf(graph))).toBeUndefined();
  expect(codesOf(refusal(fileOf(graph), { macs: 10000 }))).toEqual(['tflite.too-large']);
  expect(codesOf(refusal(fileOf(graph), { tensorBytes: 500 }))).toEqual(['tflite.too-large']);
});
