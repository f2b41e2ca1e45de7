import { at } from '#libs/base/result';
import type { DepthwiseConv2d } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { vectorPlanes } from './vector-planes';

type Options = Parameters<GraphBuilder['depthwise']>[2];

function planesOf(channels: number, options: Options): number | undefined {
  const builder = new GraphBuilder('depthwise', 1);
  const input = builder.input([1, 25, 25, channels]);
  const graph = builder.build(builder.depthwise('layer', input, options));
  return vectorPlanes(at(graph.ops, 0) as DepthwiseConv2d, graph)?.bytes;
}

describe('the planes of depthwise layers for vectors', () => {
  it.each([
    ['eight channels at a time, 4 bytes a column', 64, { kernel: 3, padding: 1 }, 8 * 27 * 4 + 16 + 64],
    ['fewer where there are fewer', 5, { kernel: 3, padding: 1 }, 5 * 27 * 4 + 16 + 64],
    ['8 bytes a column from five rows on', 8, { kernel: 5, padding: 2 }, 8 * 29 * 8 + 16 + 3 * 64],
    ['columns that no kernel touches are left out', 8, { kernel: 2, stride: 3 }, 8 * 23 * 4 + 16 + 64],
  ] as const)('take %s', (_, channels, options, bytes) => {
    expect(planesOf(channels, options)).toBe(bytes);
  });

  it.each([
    ['a multiplier', { multiplier: 2 }],
    ['dilation', { kernel: 3, dilation: 2 }],
    ['more than eight rows', { kernel: { height: 9, width: 1 } }],
    ['more columns than four vectors hold', { kernel: { height: 5, width: 9 } }],
  ] as const)('do not exist with %s', (_, options) => {
    expect(planesOf(4, options)).toBeUndefined();
  });
});
