import { unwrap } from '#libs/base/result';
import { type Graph, type Tensor, tensorId } from '#libs/model/ir';
import { toyFile, toyGraph } from '#test/support/toy-model';
import { affine, rawBuffer, rawFile, rawTensor } from '#test/support/raw-tflite';
import { f32Vector, i32, i64Vector, table } from './flatbuffer/flatbuffer-nodes';
import { importTflite, patchTflite, type TensorPatch } from './index';
import { QUANTIZATION, TENSOR } from './schema/fields';

const named = (graph: Graph, name: string): Tensor => graph.tensors.find((tensor) => tensor.name === name)!;
const WEIGHTS = named(toyGraph(), 'pw.w');
const refusal = (bytes: Uint8Array, ...patches: readonly TensorPatch[]): string | undefined => {
  const result = patchTflite(bytes, patches);
  return result.ok ? undefined : result.error.code;
};

describe('patchTflite', () => {
  test('no update gives the same bytes', () => {
    expect(unwrap(patchTflite(toyFile(), []))).toEqual(toyFile());
  });

  test('new weights and scales are read back, and nothing else has changed', () => {
    const data = WEIGHTS.data!.map((byte) => byte ^ 0x55);
    const scales = WEIGHTS.quantization!.scales.map((scale) => scale * 2);
    const graph = unwrap(
      importTflite(unwrap(patchTflite(toyFile(), [{ tensor: WEIGHTS.id, data, scales }]))),
    );
    const quantization = { ...WEIGHTS.quantization!, scales };
    expect(graph).toEqual({
      ...toyGraph(),
      tensors: toyGraph().tensors.with(WEIGHTS.id, { ...WEIGHTS, data, quantization }),
    });
  });

  test('only the bytes of the patched tensor differ', () => {
    const data = WEIGHTS.data!.map((byte) => byte ^ 0xff);
    const before = toyFile();
    const after = unwrap(patchTflite(before, [{ tensor: WEIGHTS.id, data }]));
    const different = before.reduce((count, byte, i) => count + (byte === after[i] ? 0 : 1), 0);
    expect(different).toBe(data.length);
    expect(before).toEqual(toyFile());
  });

  test('the scale of an activation can be replaced', () => {
    const output = named(toyGraph(), 'fc').id;
    const graph = unwrap(importTflite(unwrap(patchTflite(toyFile(), [{ tensor: output, scales: [0.5] }]))));
    expect(graph.tensors[output]?.quantization?.scales).toEqual([0.5]);
  });

  test('another length, an unknown tensor, a tensor without data and a second patch are refused', () => {
    const bytes = toyFile();
    const { id } = WEIGHTS;
    expect(refusal(bytes, { tensor: id, data: new Uint8Array(3) })).toBe('tflite.wrong-length');
    expect(refusal(bytes, { tensor: id, scales: [1] })).toBe('tflite.wrong-length');
    expect(refusal(bytes, { tensor: tensorId(999), data: new Uint8Array(3) })).toBe('tflite.no-such-tensor');
    expect(refusal(bytes, { tensor: toyGraph().inputs[0]!, data: new Uint8Array(72) })).toBe(
      'tflite.wrong-length',
    );
    expect(refusal(bytes, { tensor: id }, { tensor: id })).toBe('tflite.patched-twice');
    expect(refusal(bytes.subarray(0, 100), { tensor: id })).toBe('tflite.truncated');
  });

  test.each([0, -1, NaN, Infinity, 1e-60])('a scale of %p is refused', (scale) => {
    expect(refusal(toyFile(), { tensor: toyGraph().outputs[0]!, scales: [scale] })).toBe(
      'tflite.bad-quantization',
    );
  });

  test('a tensor whose bytes belong to a second tensor is refused', () => {
    const buffers = [rawBuffer(new Uint8Array()), rawBuffer(new Uint8Array(4)), rawBuffer(new Uint8Array(4))];
    const constants = (second: number): readonly ReturnType<typeof rawTensor>[] => [
      rawTensor('in', [1, 4]),
      rawTensor('out', [2, 2]),
      rawTensor('one', [4], { [TENSOR.buffer]: i32(1) }),
      rawTensor('other', [4], { [TENSOR.buffer]: i32(second) }),
    ];
    const patch = { tensor: tensorId(2), data: new Uint8Array(4) };
    expect(refusal(rawFile({ buffers, tensors: constants(2) }), patch)).toBeUndefined();
    expect(refusal(rawFile({ buffers, tensors: constants(1) }), patch)).toBe('tflite.shared');
  });

  test('a scale vector that belongs to a second tensor is refused', () => {
    const quantization = { [TENSOR.quantization]: affine() };
    const scale = f32Vector([0.5]);
    const zeroPoint = i64Vector([0]);
    const shared = {
      [TENSOR.quantization]: table({ [QUANTIZATION.scale]: scale, [QUANTIZATION.zeroPoint]: zeroPoint }),
    };
    const again = {
      [TENSOR.quantization]: table({ [QUANTIZATION.scale]: scale, [QUANTIZATION.zeroPoint]: zeroPoint }),
    };
    const file = (first: typeof shared, second: typeof shared): Uint8Array =>
      rawFile({ tensors: [rawTensor('in', [1, 4], first), rawTensor('out', [2, 2], second)] });
    const patch = { tensor: tensorId(0), scales: [2] };
    expect(refusal(file(shared, quantization), patch)).toBeUndefined();
    expect(refusal(file(shared, again), patch)).toBe('tflite.shared');
  });
});
