import { at, unwrap } from '#libs/base/result';
import { checkGraph, dumpGraph, graphMacs, NO_PADDING, parameterCount, type Tensor } from '#libs/model/ir';
import { affine, rawBuffer, type RawFile, rawFile, rawTensor } from '#test/support/raw-tflite';
import { toyFile, toyGraph } from '#test/support/toy-model';
import { i32, i8, table } from './flatbuffer/flatbuffer-nodes';
import { importTflite } from './index';
import { TENSOR } from './schema/fields';

/** A file whose tensor 1, the output, has some fields changed. */
const output = (
  changes: Parameters<typeof rawTensor>[2],
  shape: readonly number[] = [2, 2],
): Partial<RawFile> => ({
  tensors: [rawTensor('in', [1, 4]), rawTensor('out', shape, changes)],
});

describe('importTflite', () => {
  test('tensors keep their numbers, names, shapes, quantisation and data', () => {
    const graph = toyGraph();
    expect(checkGraph(graph)).toEqual([]);
    expect(graph.name).toBe('toy');
    expect(graph.tensors.map((tensor) => tensor.id)).toEqual(graph.tensors.map((_, i) => i));
    const weights = graph.tensors.find((tensor) => tensor.name === 'dw.w') as Tensor;
    expect(weights).toMatchObject({ type: 'int8', shape: [1, 3, 3, 4], role: 'constant' });
    expect(weights.quantization).toMatchObject({ zeroPoints: [0, 0, 0, 0], axis: 3 });
    expect(weights.quantization?.scales.every((scale) => Math.fround(scale) === scale)).toBe(true);
    expect(weights.data?.length).toBe(36);
  });

  test('the roles are input, constant and activation', () => {
    const graph = toyGraph();
    const roles = new Map(graph.tensors.map((tensor) => [tensor.name, tensor.role]));
    expect([roles.get('input'), roles.get('stem.w'), roles.get('stem')]).toEqual([
      'input',
      'constant',
      'activation',
    ]);
  });

  test('operators are named after their output and SAME becomes explicit padding', () => {
    const [border, stem, depthwise] = toyGraph().ops;
    expect(border).toMatchObject({ name: 'border', before: [0, 1, 0, 0], after: [0, 0, 1, 0] });
    expect(stem).toMatchObject({
      name: 'stem',
      activation: 'relu6',
      window: { stride: { height: 2, width: 2 }, padding: NO_PADDING },
    });
    expect(depthwise).toMatchObject({
      name: 'dw',
      multiplier: 1,
      window: { padding: { top: 1, bottom: 1, left: 1, right: 1 } },
    });
  });

  test('operands consumed at the import are no parameters', () => {
    const graph = toyGraph();
    expect(graph.tensors.some((tensor) => tensor.name === 'border.paddings')).toBe(true);
    expect(parameterCount(graph)).toBe(72 + 4 + 36 + 4 + 16 + 4 + 12 + 3);
    expect(graphMacs(graph)).toBeGreaterThan(0);
    expect(dumpGraph(graph)).toContain('border pad(input) -> border: int8[1,7,7,2]');
  });

  test('the caller may name the graph; without any name it is "model"', () => {
    expect(unwrap(importTflite(toyFile(), { name: 'mine' })).name).toBe('mine');
    expect(unwrap(importTflite(rawFile())).name).toBe('model');
  });

  test('the graph has its own copy of the bytes, also of a Buffer of Node', () => {
    const bytes = Buffer.from(toyFile());
    const graph = unwrap(importTflite(bytes));
    bytes.fill(0);
    expect(graph).toEqual(toyGraph());
    expect(graph.tensors.every((tensor) => !Buffer.isBuffer(tensor.data))).toBe(true);
  });

  test('a tensor without a name goes by its number', () => {
    const graph = unwrap(importTflite(rawFile(output({ [TENSOR.name]: undefined }))));
    expect(at(graph.tensors, 1).name).toBe('tensor1');
  });

  test('a bias may name any quantised dimension: it has only one', () => {
    const scales = {
      [TENSOR.quantization]: affine([1, 2, 3, 4], [0, 0, 0, 0], 3),
      [TENSOR.type]: i8(2),
      [TENSOR.buffer]: i32(1),
    };
    const tensors = [rawTensor('in', [1, 4]), rawTensor('out', [2, 2]), rawTensor('bias', [4], scales)];
    const graph = unwrap(
      importTflite(rawFile({ tensors, buffers: [table({}), rawBuffer(new Uint8Array(16))] })),
    );
    expect(at(graph.tensors, 2).quantization?.axis).toBe(0);
  });
});
