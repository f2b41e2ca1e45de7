import { at } from '#libs/base/result';
import { type Graph, isLayer, layersOf } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { fieldOf, parameterLayout } from './layout';
import { mveBiases, mveKernel } from './mve-filter';
import { packParameters } from './pack';

const ZERO_POINT = -7;
const WEIGHTS = Int8Array.from([1, -2, 3, 100, -128, 5]);

/** A layer of two output channels: weights [2][3] of a convolution, [3 taps][2] of a depthwise layer. */
function layer(kind: 'conv' | 'depthwise', biases: Int32Array | 'none', outputScale = 0.05): Graph {
  const builder = new GraphBuilder(kind, 1);
  const channels = kind === 'conv' ? 3 : 2;
  const input = builder.input([1, 3, 3, channels], { scale: 0.02, zeroPoint: ZERO_POINT });
  const options = { weights: WEIGHTS, biases, scales: [0.01], output: { scale: outputScale, zeroPoint: 0 } };
  const output =
    kind === 'conv'
      ? builder.conv(kind, input, { channels: 2, ...options })
      : builder.depthwise(kind, input, { kernel: { height: 1, width: 3 }, ...options });
  return builder.build(output);
}

const only = (graph: Graph) => at(graph.ops.filter(isLayer), 0);

describe('biases for vectors', () => {
  it('have the zero point times the weights of their channel taken off', () => {
    const conv = layer('conv', Int32Array.from([10, -20]));
    expect([...mveBiases(conv, only(conv))]).toEqual([10 + 7 * 2, -20 + 7 * -23]);
    const depthwise = layer('depthwise', Int32Array.from([10, -20]));
    expect([...mveBiases(depthwise, only(depthwise))]).toEqual([
      10 + 7 * (1 + 3 - 128),
      -20 + 7 * (-2 + 100 + 5),
    ]);
  });

  it('exist where the layer has none', () => {
    const graph = layer('conv', 'none');
    expect([...mveBiases(graph, only(graph))]).toEqual([14, -161]);
    const fields = at(parameterLayout(graph, 'linked-mve').layers, 0);
    const offset = fieldOf(fields, 'bias')?.offset ?? -1;
    const image = packParameters(graph, 'linked-mve');
    expect(new DataView(image.buffer, image.byteOffset).getInt32(offset, true)).toBe(14);
    expect(fieldOf(at(parameterLayout(graph, 'inference').layers, 0), 'bias')).toBeUndefined();
  });

  it('wrap as sums do', () => {
    const graph = layer('conv', Int32Array.from([2 ** 31 - 1, 0]));
    expect(at(mveBiases(graph, only(graph)), 0)).toBe(-(2 ** 31) + 13);
  });
});

describe('layers for vectors', () => {
  it('are those of programs that were asked for them', () => {
    const graph = layer('conv', 'none');
    const kernels = (['linked-mve', 'linked-mve-lean', 'linked-dsp', 'inference', 'training'] as const).map(
      (use) => mveKernel(graph, only(graph), use),
    );
    expect(kernels).toEqual(['pointwise', 'pointwise', undefined, undefined, undefined]);
  });

  it('are not depthwise where programs are to be lean', () => {
    const graph = layer('depthwise', 'none');
    expect(mveKernel(graph, at(layersOf(graph), 0), 'linked-mve')).toBe('depthwise');
    expect(mveKernel(graph, at(layersOf(graph), 0), 'linked-mve-lean')).toBeUndefined();
  });

  it('shift to the right: a layer that makes numbers larger is left to the plain kernel', () => {
    const graph = layer('conv', 'none', 1e-4);
    expect(mveKernel(graph, only(graph), 'linked-mve')).toBeUndefined();
  });
});
