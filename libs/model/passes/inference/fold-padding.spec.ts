import { dumpGraph, type Graph, type Padding } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { expectSameOutputs } from '#test/support/same-outputs';
import { runPasses } from '../pass';
import { foldPadding } from './fold-padding';

const UNEVEN: Padding = { top: 0, bottom: 1, left: 2, right: 0 };
const ALL: Padding = { top: 1, bottom: 1, left: 1, right: 1 };

const folded = (graph: Graph): Graph => runPasses(graph, [foldPadding]);

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
    expectSameOutputs(paddedTwice(), folded(paddedTwice()));
  });

  it('keeps a padding that a pool reads, whose divisor counts it', () => {
    const builder = new GraphBuilder('pooled');
    const graph = builder.build(
      builder.averagePool('pool', builder.pad('pad', builder.input([1, 3, 3, 2]), ALL)),
    );
    expect(folded(graph).ops.map(({ kind }) => kind)).toEqual(['pad', 'averagePool2d']);
  });

  it('keeps a padding that some readers can not take up, for all of them', () => {
    const builder = new GraphBuilder('shared');
    const pad = builder.pad('pad', builder.input([1, 3, 3, 2]), ALL);
    const graph = builder.build(
      builder.conv('conv', pad, { channels: 2, kernel: 3 }),
      builder.maxPool('pool', pad),
    );
    expect(folded(graph)).toEqual(graph);
  });

  it('serves several readers, and what the padding reads besides', () => {
    const builder = new GraphBuilder('fork');
    const x = builder.input([1, 4, 4, 2]);
    const pad = builder.pad('pad', x, ALL);
    const narrow = builder.depthwise('narrow', pad, { kernel: 3 });
    const wide = builder.conv('wide', pad, { channels: 2, kernel: 3 });
    const graph = builder.build(builder.add('sum', builder.add('first', narrow, wide), x));
    expect(folded(graph).ops.map(({ kind }) => kind)).toEqual(['depthwiseConv2d', 'conv2d', 'add', 'add']);
    expectSameOutputs(graph, folded(graph));
  });

  it('keeps a padding of channels, and one to another scale', () => {
    const builder = new GraphBuilder('channels');
    const deep = builder.pad('deep', builder.input([1, 3, 3, 2]), {
      before: [0, 0, 0, 1],
      after: [0, 1, 0, 0],
    });
    const graph = builder.build(builder.conv('conv', deep, { channels: 2 }));
    expect(folded(graph)).toEqual(graph);
    const other = new GraphBuilder('scale');
    const scaled = other.build(
      other.conv('conv', other.pad('pad', other.input([1, 3, 3, 2]), ALL), { channels: 2 }),
    );
    const quantization = { scales: [0.5], zeroPoints: [-5], axis: 0 };
    const tensors = scaled.tensors.map((tensor) =>
      tensor.name === 'pad' ? { ...tensor, quantization } : tensor,
    );
    expect(folded({ ...scaled, tensors }).ops).toEqual(scaled.ops);
  });

  it('keeps a padding that is an output', () => {
    const builder = new GraphBuilder('output');
    const graph = builder.build(builder.pad('pad', builder.input([1, 3, 3, 2]), ALL));
    expect(folded(graph).ops.length).toBe(1);
  });
});
