import { Rng } from '#libs/base/rng';
import {
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  type Graph,
  type Op,
  type TensorId,
} from '#libs/model/ir';
import type { TrainingScheme } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';

const RELU6 = { activation: 'relu6' } as const;
const MOST_BLOCKS = 4;

/** Draws a small network from a seed: any mixture of kernels, strides, odd sizes, paddings, residuals. */
class NetworkDrawer {
  private readonly rng: Rng;
  private readonly builder: GraphBuilder;
  private channels: number;
  private height: number;
  private width: number;

  constructor(seed: number) {
    this.rng = new Rng(seed);
    this.builder = new GraphBuilder(`random-${seed}`, seed);
    this.height = this.between(4, 11);
    this.width = this.between(4, 11);
    this.channels = this.between(1, 4);
  }

  draw(): Graph {
    let x = this.builder.input([1, this.height, this.width, this.channels]);
    const blocks = this.between(1, MOST_BLOCKS);
    for (let i = 0; i < blocks; i++) x = this.block(`b${i}`, x);
    const pooled = this.builder.averagePool('pool', x);
    const features = this.builder.reshape('features', pooled, [1, this.channels]);
    return this.builder.build(this.builder.fullyConnected('fc', features, { channels: this.between(2, 5) }));
  }

  private between(low: number, high: number): number {
    return low + this.rng.below(high - low + 1);
  }

  private block(name: string, x: TensorId): TensorId {
    const kind = this.rng.below(3);
    if (kind === 0) return this.plain(name, x);
    return kind === 1 && this.channels > 1 ? this.depthwise(name, x) : this.bottleneck(name, x);
  }

  private plain(name: string, x: TensorId): TensorId {
    const kernel = this.kernel();
    const stride = this.between(1, 2);
    const channels = this.between(2, 7);
    const padding = this.padding(kernel);
    this.channels = channels;
    this.shrink(kernel, stride, padding);
    return this.builder.conv(name, x, {
      channels,
      kernel,
      stride,
      padding,
      ...(this.rng.below(2) ? RELU6 : {}),
    });
  }

  private depthwise(name: string, x: TensorId): TensorId {
    const kernel = this.kernel();
    const stride = this.between(1, 2);
    const padding = this.padding(kernel);
    this.shrink(kernel, stride, padding);
    return this.builder.depthwise(name, x, { kernel, stride, padding, ...RELU6 });
  }

  /** Expand, depthwise, project, and the residual ADD. */
  private bottleneck(name: string, x: TensorId): TensorId {
    const wide = this.builder.conv(`${name}.ex`, x, {
      channels: this.channels * this.between(1, 3) + 1,
      ...RELU6,
    });
    const inner = this.builder.depthwise(`${name}.dw`, wide, { kernel: 3, padding: 1, ...RELU6 });
    const narrow = this.builder.conv(`${name}.pw`, inner, { channels: this.channels });
    const isAlone = this.rng.below(4) === 0;
    return isAlone ? narrow : this.builder.add(`${name}.res`, narrow, this.afterConvolution(name, x));
  }

  /** A residual of the network's input would be the gradient's end: put a convolution between. */
  private afterConvolution(name: string, x: TensorId): TensorId {
    return x === 0 ? this.builder.conv(`${name}.skip`, x, { channels: this.channels }) : x;
  }

  private kernel(): number {
    const largest = Math.min(5, this.height, this.width);
    return Math.min(largest, [1, 2, 3, 3, 5][this.rng.below(5)] ?? 3);
  }

  private padding(kernel: number): { top: number; bottom: number; left: number; right: number } {
    const draw = (): number => this.rng.below(Math.floor(kernel / 2) + 1);
    return { top: draw(), bottom: draw(), left: draw(), right: draw() };
  }

  private shrink(
    kernel: number,
    stride: number,
    padding: { top: number; bottom: number; left: number; right: number },
  ): void {
    this.height = Math.floor((this.height + padding.top + padding.bottom - kernel) / stride) + 1;
    this.width = Math.floor((this.width + padding.left + padding.right - kernel) / stride) + 1;
  }
}

export const randomNetwork = (seed: number): Graph => new NetworkDrawer(seed).draw();

const isConvolution = (op: Op): op is Conv2d | DepthwiseConv2d =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d';

/** The same network with its 3x3 kernels spread by dilation 2, padded so that no size changes. */
export function dilated(graph: Graph): Graph {
  const ops = graph.ops.map((op): Op => {
    const weights = isConvolution(op) ? (graph.tensors[op.weights]?.shape ?? []) : [];
    if (!isConvolution(op) || weights[1] !== 3 || weights[2] !== 3) return op;
    const { top, bottom, left, right } = op.window.padding;
    const padding = { top: top + 1, bottom: bottom + 1, left: left + 1, right: right + 1 };
    return { ...op, window: { ...op.window, dilation: { height: 2, width: 2 }, padding } };
  });
  return { ...graph, ops };
}

/** A scheme of that network: some of the last layers' biases, some of their weights. */
export function randomScheme(graph: Graph, seed: number): TrainingScheme {
  const rng = new Rng(seed + 77);
  const layers = graph.ops.filter((op) => 'weights' in op).length - 1;
  const biasLayers = rng.below(layers + 1);
  const candidates = Array.from({ length: biasLayers }, (_, i) => layers - biasLayers + i);
  const weightLayers = candidates.filter(() => rng.below(3) > 0).map((layer) => ({ layer, ratio: 1 }));
  return { name: `random-${seed}`, biasLayers, weightLayers };
}

/** Random inputs of that network. */
export function randomInputs(graph: Graph, count: number, seed: number): readonly Int8Array[] {
  const rng = new Rng(seed + 99);
  const size = elementCount(graph.tensors[graph.inputs[0] ?? 0]?.shape ?? []);
  return Array.from({ length: count }, () => Int8Array.from({ length: size }, () => rng.below(256) - 128));
}
