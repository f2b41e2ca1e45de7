import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { dumpGraph, type Graph, type Padding } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import { GraphBuilder } from '#test/support/graph-builder';
import { runPasses } from '../pass';
import { foldPadding } from './fold-padding';

const UNEVEN: Padding = { top: 0, bottom: 1, left: 2, right: 0 };
const ALL: Padding = { top: 1, bottom: 1, left: 1, right: 1 };

const folded = (graph: Graph): Graph => runPasses(graph, [foldPadding]);

function outputOf(graph: Graph): readonly number[] {
  const rng = new Rng(7);
  const shape = graph.tensors[at(graph.inputs, 0)]?.shape ?? [];
  const input = Int8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.below(256) - 128);
  return [...(runGraph(graph, [input]).get(at(graph.outputs, 0)) as Int8Array)];
}

function paddedTwice(): Graph {
  const builder = new GraphBuilder('padded');
  const pad = builder.pad('pad2', builder.pad('pad1', builder.input([1, 4, 5, 2]), UNEVEN), ALL);
  const conv = builder.conv('conv', pad, {
    channels: 3,
    kernel: 3,
    stride: 2,
    padding: 1,
    activation: 'relu6',
  });
  return builder.build(builder.depthwise('dw', builder.pad('pad3', conv, UNEVEN), { kernel: 2 }));
}

describe('fold-padding', () => {
  it('leaves convolutions that pad by themselves', () => {
    expect(dumpGraph(folded(paddedTwice()))).toBe(
      [
        'graph padded(input)',
        'conv conv2d(input, conv.w, conv.b) -> conv: int8[1,4,5,3]',
        'dw depthwiseConv2d(conv, dw.w, dw.b) -> dw: int8[1,4,6,3]',
        'return dw',
        '',
      ].join('\n'),
    );
  });

  it('keeps the outputs', () => {
    expect(outputOf(folded(paddedTwice()))).toEqual(outputOf(paddedTwice()));
  });

  it('keeps a padding that a pool reads, whose divisor counts it', () => {
    const builder = new GraphBuilder('pooled');
    const graph = builder.build(
      builder.averagePool('pool', builder.pad('pad', builder.input([1, 3, 3, 2]), ALL)),
    );
    expect(folded(graph).ops.map(({ kind }) => kind)).toEqual(['pad', 'averagePool2d']);
  });

  it('keeps a padding that is an output', () => {
    const builder = new GraphBuilder('output');
    const graph = builder.build(builder.pad('pad', builder.input([1, 3, 3, 2]), ALL));
    expect(folded(graph).ops.length).toBe(1);
  });
});
