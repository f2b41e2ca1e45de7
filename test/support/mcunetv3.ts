import { Rng } from '#libs/base/rng';
import { at } from '#libs/base/result';
import { channelScale, type Graph, isLayer, perTensor, type TensorId, tensorOf } from '#libs/model/ir';
import type { TrainingScheme } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { sharedBytes, sharedJson } from '#test/support/shared-files';

/** The int8 networks that MCUNetV3 (arXiv 2206.15472) was evaluated with. */
export const MCUNETV3 = ['mbv2-w0.35', 'mcunet-5fps', 'proxyless-w0.3'] as const;
export type McunetName = (typeof MCUNETV3)[number];

/** What a test that reads `model` needs under ../shared. */
export const mcunetFiles = (model: McunetName): readonly string[] =>
  ['json', 'bin'].map((ending) => `models/mcunetv3/${model}.${ending}`);

interface Stored {
  readonly offset: number;
  readonly shape: readonly number[];
}

interface Layer {
  readonly name: string;
  readonly kind: 'conv' | 'depthwise';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly xScale: number;
  readonly xZero: number;
  readonly yScale: number;
  readonly yZero: number;
  readonly weight: Stored;
  readonly bias: Stored;
  readonly weightScales: Stored;
}

interface Residual {
  readonly xScale: number;
  readonly xZero: number;
  readonly yScale: number;
  readonly yZero: number;
}

type Stage =
  | { readonly op: 'conv'; readonly layer: number }
  | { readonly op: 'block'; readonly convs: readonly number[]; readonly residual: Residual | null }
  | { readonly op: 'globalAveragePool' };

interface Description {
  readonly input: { readonly size: number; readonly channels: number };
  readonly layers: readonly Layer[];
  readonly graph: readonly Stage[];
}

const INT32_MAX = 2 ** 31 - 1;
const WIDEST_INPUT = 255;

/** Of a published network, in the order and types of the graph. */
class Parameters {
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** OIHW in the file; OHWI of convolutions, 1HWC of depthwise layers. */
  weights({ kind, weight: { offset, shape } }: Layer): Int8Array {
    const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
    const taps = height * width;
    const stored = new Int8Array(outputs * inputs * taps);
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        for (let tap = 0; tap < taps; tap++) {
          const to = kind === 'depthwise' ? tap * outputs + o : (o * taps + tap) * inputs + i;
          stored[to] = this.view.getInt8(offset + (o * inputs + i) * taps + tap);
        }
    return stored;
  }

  scales({ weightScales: { offset, shape } }: Layer): readonly number[] {
    return Array.from({ length: at(shape, 0) }, (_, o) => this.view.getFloat32(offset + 4 * o, true));
  }

  /**
   * Dead channels have biases up to the ends of int32, to which no sum may be added. They are moved inwards by the largest
   * sum of their channel, so that bias and sum together stay an int32: less than 1/10^4 of an output step.
   */
  biases({ weight, bias }: Layer): Int32Array {
    const [outputs = 0, ...rest] = weight.shape;
    const each = rest.reduce((product, extent) => product * extent, 1);
    return Int32Array.from({ length: outputs }, (_, o) => {
      let largest = 0;
      for (let i = 0; i < each; i++)
        largest += WIDEST_INPUT * Math.abs(this.view.getInt8(weight.offset + o * each + i));
      const limit = INT32_MAX - largest;
      return Math.max(-limit, Math.min(limit, this.view.getInt32(bias.offset + 4 * o, true)));
    });
  }
}

/** Walks the description and builds the operators. */
class NetworkWriter {
  readonly builder: GraphBuilder;

  constructor(
    model: McunetName,
    private readonly description: Description,
    private readonly parameters: Parameters,
  ) {
    this.builder = new GraphBuilder(model);
  }

  /** The map before the head: pooled, as a vector. */
  write(): TensorId {
    const { input, layers, graph } = this.description;
    const { xScale: scale, xZero: zeroPoint } = at(layers, 0);
    const start = this.builder.input([1, input.size, input.size, input.channels], { scale, zeroPoint });
    const stages = graph.slice(0, -1);
    const pooled = stages.reduce<TensorId>((current, stage) => this.stage(stage, current), start);
    return this.builder.reshape('features', pooled, [1, at(this.builder.shapeOf(pooled), 3)]);
  }

  private stage(stage: Stage, input: TensorId): TensorId {
    if (stage.op === 'globalAveragePool') return this.builder.averagePool('pool', input);
    if (stage.op === 'conv') return this.layer(stage.layer, input);
    const output = stage.convs.reduce<TensorId>((current, layer) => this.layer(layer, current), input);
    if (!stage.residual) return output;
    const { yScale: scale, yZero: zeroPoint } = stage.residual;
    const name = `${at(this.description.layers, at(stage.convs, 0)).name.replace(/\..*/, '')}.add`;
    return this.builder.add(name, output, input, { scale, zeroPoint });
  }

  /** Padding that a TensorFlow Lite file cannot say of a convolution stands in a PAD before it. */
  private layer(index: number, input: TensorId): TensorId {
    const layer = at(this.description.layers, index);
    const { name, kind, outChannels, kernel, stride, padding, yScale: scale, yZero: zeroPoint } = layer;
    const sides = { top: padding, bottom: padding, left: padding, right: padding };
    const isOutside = stride > 1 && padding > 0;
    const from = isOutside ? this.builder.pad(`${name}.pad`, input, sides) : input;
    const options = {
      channels: outChannels,
      kernel,
      stride,
      padding: isOutside ? 0 : padding,
      output: { scale, zeroPoint },
      weights: this.parameters.weights(layer),
      scales: this.parameters.scales(layer),
      biases: this.parameters.biases(layer),
    };
    return kind === 'depthwise'
      ? this.builder.depthwise(name, from, options)
      : this.builder.conv(name, from, options);
  }
}

/** The scale of a bias is that of its sums: what converters write. */
function withBiasScales(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  for (const op of graph.ops.filter(isLayer)) {
    if (op.bias === undefined) continue;
    const { scale } = perTensor(tensorOf(graph, op.input));
    const bias = tensorOf(graph, op.bias);
    const scales = Array.from({ length: at(bias.shape, 0) }, (_, o) =>
      Math.fround(scale * channelScale(tensorOf(graph, op.weights), o)),
    );
    tensors[op.bias] = {
      ...bias,
      quantization: { scales, zeroPoints: scales.map(() => 0), axis: 0 },
    };
  }
  return { ...graph, tensors };
}

/**
 * A published network with a new head of `classes`, whose weights are drawn from `seed`: uniform within +-1/sqrt(features),
 * biases 0. Everything else is as published (for the biases of dead channels see `Parameters.biases`).
 */
export function mcunetGraph(model: McunetName, classes = 10, seed = 1): Graph {
  const description = sharedJson<Description>(`models/mcunetv3/${model}.json`);
  const parameters = new Parameters(sharedBytes(`models/mcunetv3/${model}.bin`));
  const writer = new NetworkWriter(model, description, parameters);
  const vector = writer.write();
  const features = at(writer.builder.shapeOf(vector), 1);
  const rng = new Rng(seed);
  const output = writer.builder.fullyConnected('head', vector, {
    channels: classes,
    weights: Int8Array.from({ length: classes * features }, () => rng.below(255) - 127),
    scales: Array.from({ length: classes }, () => 1 / (127 * Math.sqrt(features))),
    biases: new Int32Array(classes),
    output: { scale: 0.125, zeroPoint: 0 },
  });
  return withBiasScales(writer.builder.build(output));
}

/** A published scheme, and its memory by the field's formula in units of 1024 bytes, as its authors' tables have it. */
export interface PublishedScheme extends TrainingScheme {
  readonly model: McunetName;
  readonly kilobytes: { readonly activations: number; readonly weights: number; readonly total: number };
}

/** `41:.25 42` as layers and ratios; a layer without a ratio is trained whole, ratio 0 is one that is not trained. */
const layersIn = (text: string) =>
  text.split(' ').flatMap((entry) => {
    const [layer, ratio = '1'] = entry.split(':');
    return ratio === '0' ? [] : [{ layer: Number(layer), ratio: Number(ratio) }];
  });

/** Activations, weights and total of the memory of a scheme. */
type Kilobytes = readonly [activations: number, weights: number, total: number];

const published = (
  model: McunetName,
  name: string,
  biasLayers: number,
  [layers, [activations, weights, total]]: readonly [layers: string, memory: Kilobytes],
): PublishedScheme => ({
  model,
  name,
  biasLayers,
  weightLayers: layersIn(layers),
  kilobytes: { activations, weights, total },
});

/** The schemes that were published with the networks (TRAINING.md 3.2), and the baseline that trains the last 12 layers. */
export const PUBLISHED_SCHEMES: readonly PublishedScheme[] = [
  published('mbv2-w0.35', '49kb', 16, [
    '36 39 40:0 41:.25 42:.125 45:.125 48:.125 49:.125',
    [15.7, 34.1, 49.8],
  ]),
  published('mbv2-w0.35', '73kb', 20, [
    '32:.125 33:.5 36:.5 39 41:.25 42:.125 45:.125 48',
    [21.3, 52.6, 73.9],
  ]),
  published('mbv2-w0.35', '99kb', 25, ['27 30 33 36 39 42:.125 45:.5 48', [28.5, 70.9, 99.4]]),
  published('mbv2-w0.35', '123kb', 31, ['27 30 33 36 39 42:.5 45 48', [34.2, 89.4, 123.6]]),
  published('mbv2-w0.35', '138kb', 34, ['27 30 33 36 39 42 45 48', [38.8, 99.4, 138.2]]),
  published('mcunet-5fps', '49kb', 20, ['23:0 24:.25 27:.5 30:.5 33:0 39:0', [20.0, 29.8, 49.8]]),
  published('mcunet-5fps', '74kb', 21, ['21 23:0 24 26:0 27:.5 30', [27.5, 47.3, 74.8]]),
  published('mcunet-5fps', '99kb', 22, ['21 24 27 30 36:.125 39:.25', [29.9, 70.0, 99.8]]),
  published('mcunet-5fps', '124kb', 24, ['21:.25 24 27 30 33:.5 39:.5', [31.4, 93.5, 125.0]]),
  published('mcunet-5fps', '148kb', 23, ['21 24 27 30 36 39:.5', [32.8, 115.6, 148.4]]),
  published('mcunet-5fps', 'last 12', 12, ['30 31 32 33 34 35 36 37 38 39 40 41', [76.9, 371.2, 448.0]]),
  published('proxyless-w0.3', '49kb', 21, [
    '39:.25 42 44:0 45 50:0 51:.125 54:.25 57:.25',
    [15.8, 33.9, 49.7],
  ]),
  published('proxyless-w0.3', '74kb', 28, ['33:.5 36:.25 39 42 45 51:.5 54:.25 57:.5', [23.6, 51.3, 74.9]]),
  published('proxyless-w0.3', '98kb', 25, ['36 39:.5 42 45 48:.25 51:.5 54 57', [22.4, 76.1, 98.5]]),
  published('proxyless-w0.3', '120kb', 32, ['36 39 42 45 48:.5 51 54 57', [28.5, 91.8, 120.2]]),
  published('proxyless-w0.3', '148kb', 45, ['36 39 42 45 48 51 54 57', [41.8, 106.4, 148.2]]),
];
