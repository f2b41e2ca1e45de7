/**
 * The factory network as a graph, in the operators of TensorFlow Lite:
 *
 *     stem, b1 … b6 (expand, depthwise, project; ADD in the residual blocks) -> mean over the map -> fc
 */
import {
  type Extent2d,
  type Graph,
  NO_PADDING,
  type Padding,
  samePadding,
  type TensorId,
  type Window,
  windowExtent,
} from '#libs/model/ir';
import type { FactoryLayer, FactoryNetwork } from './factory-network';
import { type Affine, GraphAssembly } from './graph-assembly';

const NAME = 'kws-digits';
const HEAD = 'fc';
const NO_DILATION: Extent2d = { height: 1, width: 1 };
/** Room above the largest golden logit, for inputs that excite the network more. */
const LOGIT_MARGIN = 1.5;

export function kwsDigitsGraph(network: FactoryNetwork): Graph {
  const assembly = new GraphAssembly();
  const { input, blocks, residual_blocks: residual } = network.description;
  const start = assembly.values('input', 'in', [...input, 1], network.activation('in'));
  const features = blocks.reduce((value, layers, block) => {
    const last = layers.reduce(
      (previous, layer) => addConvolution(assembly, network, layer, previous),
      value,
    );
    return residual.includes(block) ? addResidual(assembly, network, block, [last, value]) : last;
  }, start);
  const logits = addHead(assembly, network, addMean(assembly, features));
  return assembly.graph(NAME, [start], [logits]);
}

const symmetric = (border: number): Padding => ({ top: border, bottom: border, left: border, right: border });

/** Whether TensorFlow's SAME is the symmetric padding of the training: not where a stride of 2 meets an even extent. */
function isSame(extent: Extent2d, layer: FactoryLayer): boolean {
  const sides = [extent.height, extent.width].map((size) => samePadding(size, layer.k, layer.stride, 1));
  return sides.every(({ before, after }) => before === layer.pad && after === layer.pad);
}

interface Map2d extends Extent2d {
  readonly channels: number;
}

function mapOf(assembly: GraphAssembly, value: TensorId): Map2d {
  const [, height = 0, width = 0, channels = 0] = assembly.tensorOf(value).shape;
  return { height, width, channels };
}

/** A padding that SAME can't express becomes an operator of its own, and the convolution VALID. */
function addPadding(assembly: GraphAssembly, layer: FactoryLayer, input: TensorId): TensorId {
  const { height, width, channels } = mapOf(assembly, input);
  const { pad } = layer;
  const name = `${layer.name}.pad`;
  assembly.integers(`paddings.${pad}`, [4, 2], [0, 0, pad, pad, pad, pad, 0, 0]);
  const output = assembly.values(
    'activation',
    name,
    [1, height + 2 * pad, width + 2 * pad, channels],
    affineOf(assembly, input),
  );
  return assembly.add(
    { kind: 'pad', name, input, output, before: [0, pad, pad, 0], after: [0, pad, pad, 0] },
    output,
  );
}

function affineOf(assembly: GraphAssembly, value: TensorId): Affine {
  const { scales = [], zeroPoints = [] } = assembly.tensorOf(value).quantization ?? {};
  return { scale: scales[0] ?? 0, zeroPoint: zeroPoints[0] ?? 0 };
}

function addConvolution(
  assembly: GraphAssembly,
  network: FactoryNetwork,
  layer: FactoryLayer,
  given: TensorId,
): TensorId {
  const isPadded = layer.pad > 0 && !isSame(mapOf(assembly, given), layer);
  const input = isPadded ? addPadding(assembly, layer, given) : given;
  const padding = isPadded ? NO_PADDING : symmetric(layer.pad);
  const isDepthwise = layer.groups > 1;
  const { weights, bias } = addParameters(assembly, network, layer.name, { input, isDepthwise });
  const output = assembly.values(
    'activation',
    layer.name,
    outputShape(assembly, layer, input, padding),
    network.activation(layer.name),
  );
  const window: Window = {
    stride: { height: layer.stride, width: layer.stride },
    dilation: NO_DILATION,
    padding,
  };
  const activation = layer.relu6 ? 'relu6' : 'none';
  const common = { name: layer.name, input, weights, bias, output, window, activation } as const;
  return assembly.add(
    isDepthwise ? { kind: 'depthwiseConv2d', ...common, multiplier: 1 } : { kind: 'conv2d', ...common },
    output,
  );
}

function outputShape(
  assembly: GraphAssembly,
  layer: FactoryLayer,
  input: TensorId,
  padding: Padding,
): readonly number[] {
  const { height, width } = mapOf(assembly, input);
  const { k: kernel, stride } = layer;
  const rows = windowExtent(height, { kernel, stride, padding: padding.top + padding.bottom });
  const columns = windowExtent(width, { kernel, stride, padding: padding.left + padding.right });
  return [1, rows, columns, layer.cout];
}

/** Weights per channel; biases in the scale of the sums, s_in * s_w in float32. */
function addParameters(
  assembly: GraphAssembly,
  network: FactoryNetwork,
  name: string,
  layer: { readonly input: TensorId; readonly isDepthwise?: boolean; readonly isDense?: boolean },
): { readonly weights: TensorId; readonly bias: TensorId } {
  const scales = network.weightScales(name);
  const { shape, data } = layer.isDepthwise ? network.depthwiseWeights(name) : network.weights(name);
  const stored = layer.isDense ? [shape[0] ?? 0, shape[3] ?? 0] : shape;
  const weights = assembly.parameters(
    `${name}.w`,
    'int8',
    { shape: stored, data },
    { scales, axis: layer.isDepthwise ? 3 : 0 },
  );
  const { scale } = affineOf(assembly, layer.input);
  const biasScales = scales.map((weightScale) => Math.fround(scale * weightScale));
  const biases = { shape: [scales.length], data: network.biases(name) };
  return {
    weights,
    bias: assembly.parameters(`${name}.b`, 'int32', biases, { scales: biasScales, axis: 0 }),
  };
}

function addResidual(
  assembly: GraphAssembly,
  network: FactoryNetwork,
  block: number,
  inputs: readonly [TensorId, TensorId],
): TensorId {
  const name = `res${block}`;
  const output = assembly.values(
    'activation',
    name,
    assembly.tensorOf(inputs[0]).shape,
    network.activation(name),
  );
  return assembly.add({ kind: 'add', name, inputs, output, activation: 'none' }, output);
}

/** The mean over the whole map, and its channels as a row. */
function addMean(assembly: GraphAssembly, input: TensorId): TensorId {
  const { height, width, channels } = mapOf(assembly, input);
  const pool = assembly.values('activation', 'pool', [1, 1, 1, channels], affineOf(assembly, input));
  const kernel: Extent2d = { height, width };
  const window: Window = { stride: kernel, dilation: NO_DILATION, padding: NO_PADDING };
  assembly.add(
    { kind: 'averagePool2d', name: 'pool', input, output: pool, kernel, window, activation: 'none' },
    pool,
  );
  const row = assembly.values('activation', 'features', [1, channels], affineOf(assembly, input));
  return assembly.add({ kind: 'reshape', name: 'features', input: pool, output: row }, row);
}

/** The training left the logits as real numbers; a symmetric scale that holds the golden ones with room makes them int8. */
function addHead(assembly: GraphAssembly, network: FactoryNetwork, input: TensorId): TensorId {
  const { weights, bias } = addParameters(assembly, network, HEAD, { input, isDense: true });
  const largest = network.goldenLogits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const affine = { scale: Math.fround((largest * LOGIT_MARGIN) / 127), zeroPoint: 0 };
  const output = assembly.values('activation', HEAD, [1, network.description.classes], affine);
  return assembly.add(
    { kind: 'fullyConnected', name: HEAD, input, weights, bias, output, activation: 'none' },
    output,
  );
}
