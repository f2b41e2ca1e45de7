/** Every operator that a graph can hold, written and read. */
import { unwrap } from '#libs/base/result';
import { checkGraph, type Graph, type InferenceOp, type Op } from '#libs/model/ir';
import { SEED_MODELS, seedModel } from '#test/fuzz/import/seed-models';
import { importTflite, writeTflite } from './index';

const written = (graph: Graph): Graph => unwrap(importTflite(unwrap(writeTflite(graph))));

/** All kinds of inference operators, and nothing else: a missing one does not compile. */
const KINDS: Readonly<Record<InferenceOp['kind'], true>> = {
  conv2d: true,
  depthwiseConv2d: true,
  transposeConv2d: true,
  fullyConnected: true,
  add: true,
  sub: true,
  mul: true,
  unary: true,
  quantize: true,
  dequantize: true,
  softmax: true,
  reshape: true,
  pad: true,
  concatenation: true,
  stridedSlice: true,
  transpose: true,
  resizeNearest: true,
  averagePool2d: true,
  maxPool2d: true,
  mean: true,
};

test('the models together hold every kind of operator', () => {
  const kinds = new Set<Op['kind']>(SEED_MODELS.flatMap((name) => seedModel(name).ops.map((op) => op.kind)));
  expect([...kinds].toSorted()).toEqual(Object.keys(KINDS).toSorted());
});

describe.each(SEED_MODELS)('%s', (name) => {
  const graph = seedModel(name);

  test('is a graph without fault', () => {
    expect(checkGraph(graph)).toEqual([]);
  });

  test('reads back as the same operators on the same tensors', () => {
    const read = written(graph);
    expect(read.ops).toEqual(graph.ops);
    expect(read.tensors.slice(0, graph.tensors.length)).toEqual(graph.tensors);
    expect([read.name, read.inputs, read.outputs]).toEqual([graph.name, graph.inputs, graph.outputs]);
  });

  test('stays the same file from the second writing on', () => {
    const read = written(graph);
    expect(written(read)).toEqual(read);
    expect(unwrap(writeTflite(written(read)))).toEqual(unwrap(writeTflite(read)));
  });
});
