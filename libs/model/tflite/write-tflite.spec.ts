import { unwrap } from '#libs/base/result';
import { type Conv2d, type Graph, type Op, tensorOf } from '#libs/model/ir';
import { toyFile, toyGraph } from '#test/support/toy-model';
import { FlatBufferView } from './flatbuffer/flatbuffer-view';
import { TableView } from './flatbuffer/table-view';
import { importTflite, writeTflite } from './index';
import { MODEL, OPERATOR, OPERATOR_CODE, SUBGRAPH } from './schema/fields';

const root = (bytes: Uint8Array): TableView => TableView.root(new FlatBufferView(bytes));

/** The graph with its operator `name` changed. */
const changed = <O extends Op>(graph: Graph, name: string, change: Partial<O>): Graph => ({
  ...graph,
  ops: graph.ops.map((op) => (op.name === name ? { ...op, ...change } : op)),
});

const refusal = (graph: Graph): string | undefined => {
  const result = writeTflite(graph);
  return result.ok ? undefined : result.error.code;
};

describe('writeTflite', () => {
  test('what it writes reads back as an equal graph', () => {
    const graph = toyGraph();
    expect(unwrap(importTflite(unwrap(writeTflite(graph))))).toEqual(graph);
  });

  test('the same graph gives the same bytes, also after a round trip', () => {
    const once = unwrap(writeTflite(toyGraph()));
    expect(unwrap(writeTflite(toyGraph()))).toEqual(once);
    expect(unwrap(writeTflite(unwrap(importTflite(once))))).toEqual(once);
  });

  test('a file states schema version 3, its identifier and the description', () => {
    const bytes = unwrap(writeTflite(toyGraph(), { description: 'a toy' }));
    expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
    expect(root(bytes).u32(MODEL.version)).toBe(3);
    expect(root(bytes).text(MODEL.description, 100)).toBe('a toy');
  });

  test('buffer 0 is empty and the data of every constant start at a multiple of 16', () => {
    const bytes = toyFile();
    const [sentinel, ...buffers] = root(bytes).tables(MODEL.buffers, 100);
    expect(sentinel?.has(0)).toBe(false);
    expect(buffers.length).toBe(toyGraph().tensors.filter((tensor) => tensor.role === 'constant').length);
    for (const buffer of buffers) expect((buffer.vector(0, 1, 1000)?.position ?? 1) % 16).toBe(0);
  });

  test('operator codes stand in both fields, with the version that first took int8', () => {
    const codes = root(toyFile()).tables(MODEL.operatorCodes, 100);
    const stated = codes.map((code) => [
      code.i8(OPERATOR_CODE.deprecatedBuiltinCode),
      code.i32(OPERATOR_CODE.builtinCode),
      code.i32(OPERATOR_CODE.version, 1),
    ]);
    expect(stated).toEqual([
      [34, 34, 2],
      [3, 3, 3],
      [4, 4, 3],
      [0, 0, 2],
      [1, 1, 2],
      [22, 22, 1],
      [9, 9, 4],
      [25, 25, 2],
    ]);
  });

  test('a convolution without bias names no third operand', () => {
    const graph = toyGraph();
    const { bias: _, ...op } = graph.ops.find((candidate) => candidate.name === 'stem') as Conv2d;
    const bytes = unwrap(
      writeTflite({ ...graph, ops: graph.ops.map((other) => (other.name === 'stem' ? op : other)) }),
    );
    const [subgraph] = root(bytes).tables(MODEL.subgraphs, 1);
    expect(subgraph?.tables(SUBGRAPH.operators, 100)[1]?.i32s(OPERATOR.inputs, 10)).toEqual([
      op.input,
      op.weights,
      -1,
    ]);
    expect(unwrap(importTflite(bytes)).ops[1]).toEqual(op);
  });

  test('padding that is neither SAME nor VALID is refused', () => {
    const graph = toyGraph();
    const stem = graph.ops.find((op) => op.name === 'stem') as Conv2d;
    const window = { ...stem.window, padding: { top: 2, bottom: 0, left: 0, right: 0 } };
    expect(refusal(changed<Conv2d>(graph, 'stem', { window }))).toBe('tflite.not-expressible');
  });

  test('a clamp mask, a training operator or a trained variable is refused', () => {
    const graph = toyGraph();
    const id = graph.outputs[0]!;
    const copy: Op = { kind: 'copyGradient', name: 'kept', input: id, output: id };
    const variable = { ...tensorOf(graph, id), role: 'variable' } as const;
    expect(refusal(changed<Conv2d>(graph, 'stem', { mask: id }))).toBe('tflite.not-expressible');
    expect(refusal({ ...graph, ops: [...graph.ops, copy] })).toBe('tflite.not-expressible');
    expect(refusal({ ...graph, tensors: graph.tensors.with(id, variable) })).toBe('tflite.not-expressible');
  });

  test('a fully connected output of higher rank keeps the rows of the input, or is refused', () => {
    const graph = toyGraph();
    const { output } = graph.ops.find((op) => op.kind === 'fullyConnected')!;
    const reshaped = (rows: readonly number[]): Graph => ({
      ...graph,
      ops: graph.ops
        .filter((op) => op.kind !== 'reshape' && op.kind !== 'softmax')
        .map((op) =>
          op.kind === 'fullyConnected'
            ? { ...op, input: graph.ops.find((other) => other.kind === 'averagePool2d')!.output }
            : op,
        ),
      tensors: graph.tensors.map((tensor) =>
        tensor.id === output ? { ...tensor, shape: [...rows, 3] } : tensor,
      ),
      outputs: [output],
    });
    const kept = unwrap(writeTflite(reshaped([1, 1, 1])));
    expect(unwrap(importTflite(kept)).tensors[output]?.shape).toEqual([1, 1, 1, 3]);
    expect(refusal(reshaped([1, 1]))).toBe('tflite.not-expressible');
  });
});
