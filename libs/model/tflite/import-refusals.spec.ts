import { affine, rawBuffer, type RawFile, rawFile, rawTensor } from '#test/support/raw-tflite';
import { toyFile } from '#test/support/toy-model';
import { f32, f32Vector, i32, i32Vector, i64Vector, i8, table } from './flatbuffer/flatbuffer-nodes';
import { type ImportError, importTflite, SUPPORTED_OPERATORS } from './index';
import { BUILTIN } from './schema/builtin-operators';
import { OPTIONS } from './schema/enums';
import { BUFFER, CONV_2D_OPTIONS, OPERATOR, POOL_2D_OPTIONS, QUANTIZATION, TENSOR } from './schema/fields';

const errorOf = (bytes: Uint8Array): ImportError | undefined => {
  const result = importTflite(bytes);
  return result.ok ? undefined : result.error;
};
const codesOf = (changes: Partial<RawFile>): readonly string[] =>
  errorOf(rawFile(changes))?.problems.map((problem) => problem.code) ?? [];

/** A file whose tensor 1, the output, has some fields changed. */
const output = (
  changes: Parameters<typeof rawTensor>[2],
  shape: readonly number[] = [2, 2],
): Partial<RawFile> => ({
  tensors: [rawTensor('in', [1, 4]), rawTensor('out', shape, changes)],
});

describe('importTflite refuses', () => {
  test('what is no TensorFlow Lite model', () => {
    expect(errorOf(new Uint8Array())?.code).toBe('tflite.too-short');
    expect(errorOf(new Uint8Array(7))?.code).toBe('tflite.too-short');
    expect(errorOf(rawFile({ identifier: 'TFL2' }))?.code).toBe('tflite.not-tflite');
    expect(errorOf(rawFile({ version: 2 }))?.code).toBe('tflite.unsupported-version');
    expect(errorOf(rawFile().subarray(0, 40))?.code).toBe('tflite.truncated');
  });

  test('an operator that it does not know, naming it, its place and what is supported', () => {
    const error = errorOf(rawFile({ builtin: 101 }));
    expect(error?.code).toBe('tflite.unsupported-operator');
    expect(error?.problems).toMatchObject([{ operator: { index: 0, kind: 'ABS', output: 'out' } }]);
    for (const part of ['operator 0', 'ABS', '"out"', ...SUPPORTED_OPERATORS])
      expect(error?.message).toContain(part);
    expect(errorOf(rawFile({ builtin: 32, customCode: 'Mine' }))?.message).toContain('CUSTOM "Mine"');
    expect(errorOf(rawFile({ builtin: 9999 }))?.message).toContain('operator number 9999');
  });

  test('every problem of a file at once', () => {
    const tensors = [rawTensor('in', [1, 4]), rawTensor('out', [0, 2])];
    const error = errorOf(rawFile({ tensors, builtin: 101 }));
    expect(error?.problems.map((problem) => problem.code)).toEqual([
      'tflite.bad-shape',
      'tflite.unsupported-operator',
    ]);
    expect(error?.problems[0]).toMatchObject({ tensor: 1 });
    expect(error?.message).toMatch(/^2 problems: \(1\) tensor 1 "out".*; \(2\) operator 0, ABS making "out"/);
  });

  test.each<[string, string, Partial<RawFile>]>([
    [
      'float tensors of an operator',
      'tflite.unsupported-type',
      output({ [TENSOR.type]: undefined, [TENSOR.quantization]: affine([1], [0]) }),
    ],
    ['strings', 'tflite.unsupported-type', output({ [TENSOR.type]: i8(5) })],
    ['an unknown type', 'tflite.unsupported-type', output({ [TENSOR.type]: i8(-3) })],
    ['a variable', 'tflite.unsupported-option', output({ [TENSOR.isVariable]: i8(1) })],
    ['sparse weights', 'tflite.unsupported-option', output({ [TENSOR.sparsity]: table({}) })],
    ['several subgraphs', 'tflite.unsupported-option', { subgraphs: 2 }],
    ['no subgraph', 'tflite.corrupt', { subgraphs: 0 }],
    ['an unknown extent', 'tflite.bad-shape', output({ [TENSOR.shape]: i32Vector([-1, 4]) })],
    ['nine dimensions', 'tflite.too-large', output({}, [1, 1, 1, 1, 1, 1, 1, 2, 2])],
    ['too many elements', 'tflite.too-large', output({}, [65536, 65536])],
    ['no quantisation', 'tflite.bad-quantization', output({ [TENSOR.quantization]: undefined })],
    ['a scale of zero', 'tflite.bad-quantization', output({ [TENSOR.quantization]: affine([0]) })],
    [
      'a scale that is no number',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([NaN]) }),
    ],
    [
      'a zero point outside the type',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([1], [128]) }),
    ],
    [
      'a scale without zero point',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([1], []) }),
    ],
    [
      'scales that suit no dimension',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([1, 1, 1], [0, 0, 0]) }),
    ],
    [
      'a quantised dimension out of range',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([1, 1], [0, 0], -1) }),
    ],
    [
      'an activation with a scale a channel',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: affine([1, 1], [0, 0]) }),
    ],
    [
      'a custom quantisation',
      'tflite.bad-quantization',
      output({ [TENSOR.quantization]: table({ [QUANTIZATION.detailsType]: i8(1) }) }),
    ],
    ['a buffer that is not there', 'tflite.bad-buffer', output({ [TENSOR.buffer]: i32(7) })],
    ['operands that are no tensors', 'tflite.corrupt', { operator: { [OPERATOR.inputs]: i32Vector([5]) } }],
    ['no operand', 'tflite.corrupt', { operator: { [OPERATOR.inputs]: i32Vector([]) } }],
    ['two outputs', 'tflite.corrupt', { operator: { [OPERATOR.outputs]: i32Vector([1, 1]) } }],
    [
      'options of another operator',
      'tflite.corrupt',
      { operator: { [OPERATOR.optionsType]: i8(1), [OPERATOR.options]: table({}) } },
    ],
    [
      'an operator code that is not there',
      'tflite.corrupt',
      { operator: { [OPERATOR.opcodeIndex]: i32(3) } },
    ],
    ['element counts that differ', 'tflite.inconsistent', output({}, [3])],
    [
      'an output that nothing writes',
      'tflite.inconsistent',
      { operator: { [OPERATOR.outputs]: i32Vector([0]) } },
    ],
  ])('%s', (_, code, changes) => {
    expect(codesOf(changes)).toContain(code);
  });

  test('data of another size than the shape needs, and data outside the flatbuffer', () => {
    const tensors = [
      rawTensor('in', [1, 4]),
      rawTensor('out', [2, 2]),
      rawTensor('more', [3], { [TENSOR.buffer]: i32(1) }),
    ];
    expect(codesOf({ tensors, buffers: [table({}), rawBuffer(new Uint8Array(4))] })).toEqual([
      'tflite.bad-buffer',
    ]);
    const external = table({ [BUFFER.offset]: i32(8), [BUFFER.size]: i32(8) });
    expect(codesOf({ tensors, buffers: [table({}), external] })).toEqual(['tflite.unsupported-option']);
  });

  test('more than the limits allow', () => {
    const bytes = toyFile();
    for (const limits of [{ fileBytes: 100 }, { tensors: 3 }, { operators: 2 }, { elements: 10 }]) {
      const result = importTflite(bytes, { limits });
      expect(result.ok ? undefined : result.error.code).toBe('tflite.too-large');
    }
  });

  test('tables that share a vector so often that reading it would cost more than the file', () => {
    const scale = f32Vector(Array.from({ length: 30000 }, () => 1));
    const quantization = (): ReturnType<typeof table> =>
      table({ [QUANTIZATION.scale]: scale, [QUANTIZATION.zeroPoint]: i64Vector([0]) });
    const tensors = Array.from({ length: 40 }, (_, i) =>
      rawTensor(`t${i}`, [4], { [TENSOR.quantization]: quantization() }),
    );
    expect(codesOf({ tensors })).toEqual(['tflite.corrupt']);
  });
});

describe('importTflite refuses an operator with', () => {
  const map = rawTensor('in', [1, 4, 4, 1]);
  const weights = { [TENSOR.buffer]: i32(1), [TENSOR.quantization]: affine([1], [0]) };
  const result = rawTensor('out', [1, 2, 2, 1]);
  const buffers = [table({}), rawBuffer(new Uint8Array(9))];
  const VALID = {
    [CONV_2D_OPTIONS.padding]: i8(1),
    [CONV_2D_OPTIONS.strideWidth]: i32(1),
    [CONV_2D_OPTIONS.strideHeight]: i32(1),
  };

  const convolution = (
    options: Parameters<typeof table>[0],
    filter: ReturnType<typeof rawTensor> = rawTensor('w', [1, 3, 3, 1], weights),
  ): Partial<RawFile> => ({
    builtin: BUILTIN.conv2d,
    buffers,
    tensors: [map, result, filter],
    operator: {
      [OPERATOR.inputs]: i32Vector([0, 2]),
      [OPERATOR.optionsType]: i8(OPTIONS.conv2d),
      [OPERATOR.options]: table({ ...VALID, ...options }),
    },
  });

  test('(the convolution that the cases start from is sound)', () => {
    expect(errorOf(rawFile(convolution({})))).toBeUndefined();
  });

  test.each<[string, string, Partial<RawFile>]>([
    [
      'an activation that is not fused',
      'tflite.unsupported-option',
      convolution({ [CONV_2D_OPTIONS.activation]: i8(4) }),
    ],
    ['no stride', 'tflite.unsupported-option', convolution({ [CONV_2D_OPTIONS.strideWidth]: undefined })],
    [
      'a dilation without bound',
      'tflite.unsupported-option',
      convolution({ [CONV_2D_OPTIONS.dilationWidth]: i32(1 << 30) }),
    ],
    ['an unknown padding', 'tflite.unsupported-option', convolution({ [CONV_2D_OPTIONS.padding]: i8(2) })],
    [
      'a stride that does not give the output',
      'tflite.inconsistent',
      convolution({ [CONV_2D_OPTIONS.strideWidth]: i32(2) }),
    ],
    [
      'weights that are no constant',
      'tflite.unsupported-option',
      convolution({}, rawTensor('w', [1, 3, 3, 1], { [TENSOR.quantization]: affine([1], [0]) })),
    ],
    [
      'weights with a zero point',
      'tflite.bad-quantization',
      convolution({}, rawTensor('w', [1, 3, 3, 1], { ...weights, [TENSOR.quantization]: affine([1], [1]) })),
    ],
    [
      'scales on another dimension',
      'tflite.bad-quantization',
      convolution(
        {},
        rawTensor('w', [1, 3, 3, 1], { ...weights, [TENSOR.quantization]: affine([1, 1, 1], [0, 0, 0], 1) }),
      ),
    ],
    ['weights of another rank', 'tflite.bad-shape', convolution({}, rawTensor('w', [3, 3], weights))],
    ['grouped channels', 'tflite.unsupported-option', convolution({}, rawTensor('w', [1, 3, 1, 3], weights))],
  ])('%s', (_, code, changes) => {
    expect(codesOf(changes)).toEqual([code]);
  });

  test('a softmax of another scale, or without beta', () => {
    const softmax = (quantization: ReturnType<typeof affine>, beta: number): Partial<RawFile> => ({
      builtin: BUILTIN.softmax,
      tensors: [rawTensor('in', [1, 4]), rawTensor('out', [1, 4], { [TENSOR.quantization]: quantization })],
      operator: { [OPERATOR.optionsType]: i8(OPTIONS.softmax), [OPERATOR.options]: table({ 0: f32(beta) }) },
    });
    expect(codesOf(softmax(affine([1 / 256], [-128]), 1))).toEqual([]);
    expect(codesOf(softmax(affine([1 / 128], [-128]), 1))).toEqual(['tflite.bad-quantization']);
    expect(codesOf(softmax(affine([1 / 256], [-128]), 0))).toEqual(['tflite.unsupported-option']);
  });

  test('a map of several images', () => {
    const pool = {
      [POOL_2D_OPTIONS.strideWidth]: i32(1),
      [POOL_2D_OPTIONS.strideHeight]: i32(1),
      [POOL_2D_OPTIONS.filterWidth]: i32(1),
      [POOL_2D_OPTIONS.filterHeight]: i32(1),
    };
    const images = (count: number): Partial<RawFile> => ({
      builtin: BUILTIN.averagePool2d,
      tensors: [rawTensor('in', [count, 2, 2, 1]), rawTensor('out', [count, 2, 2, 1])],
      operator: { [OPERATOR.optionsType]: i8(OPTIONS.pool2d), [OPERATOR.options]: table(pool) },
    });
    expect(codesOf(images(1))).toEqual([]);
    expect(codesOf(images(2))).toEqual(['tflite.bad-shape', 'tflite.bad-shape']);
  });
});
