import type { Activation, Conv2d, DepthwiseConv2d, Graph, Op, TensorId } from '#libs/model/ir';
import { at } from '#libs/base/result';

/** A map by its channels and pixels: element (c, p) at c * pixels + p. */
export interface Site {
  readonly id: TensorId;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly scale: number;
  readonly zero: bigint;
}

/** A convolution; the head too: of a map of one pixel. Weights in canonical order (N1). */
export interface Layer {
  readonly kind: 'convolution' | 'depthwise' | 'head';
  readonly name: string;
  readonly number: number;
  readonly input: Site;
  readonly output: Site;
  readonly weights: readonly bigint[];
  readonly biases: readonly bigint[];
  readonly scales: readonly number[];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly before: readonly [number, number];
  /** Zero padding on all sides. */
  readonly isUnpadded: boolean;
  readonly clamp: readonly [bigint, bigint];
}

export interface Sum {
  readonly kind: 'sum';
  readonly inputs: readonly [Site, Site];
  readonly output: Site;
  readonly clamp: readonly [bigint, bigint];
}

/** What NUMERICS speaks of: convolutions and ADDs in order, a global average pool, a head. */
export interface Network {
  readonly input: Site;
  readonly body: readonly (Layer | Sum)[];
  readonly pooled: Site;
  readonly head: Layer;
}

function siteOf(graph: Graph, id: TensorId): Site {
  const { shape, quantization } = at(graph.tensors, id);
  const [height, width, channels] = shape.length === 4 ? shape.slice(1) : [1, 1, shape.at(-1)];
  return {
    id,
    channels: channels ?? 0,
    height: height ?? 0,
    width: width ?? 0,
    scale: at(quantization?.scales ?? [], 0),
    zero: BigInt(at(quantization?.zeroPoints ?? [], 0)),
  };
}

export const pixelsOf = ({ height, width }: Site): number => height * width;

function clampOf(activation: Activation, { scale, zero }: Site): readonly [bigint, bigint] {
  const real = (value: number): bigint => zero + BigInt(Math.round(value / scale));
  const low = activation === 'none' || zero < -128n ? -128n : zero;
  const high = activation === 'relu6' && real(6) < 127n ? real(6) : 127n;
  if (!['none', 'relu', 'relu6'].includes(activation)) throw new Error(`activation ${activation}`);
  return [low, high];
}

const data = (graph: Graph, id: TensorId): DataView => {
  const bytes = at(graph.tensors, id).data ?? new Uint8Array();
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** OHWI (depthwise 1HWC, dense OI) to canonical order. */
function canonicalWeights(graph: Graph, id: TensorId, isDepthwise: boolean): readonly bigint[] {
  const view = data(graph, id);
  const { shape } = at(graph.tensors, id);
  const [first = 0, height = 0, width = 0, last = 0] =
    shape.length === 4 ? shape : [shape[0] ?? 0, 1, 1, shape[1] ?? 0];
  const [outer, inner] = isDepthwise ? [last, 1] : [first, last];
  const weights: bigint[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let tap = 0; tap < height * width; tap++) {
        const stored = isDepthwise ? tap * last + o : (o * height * width + tap) * last + i;
        weights.push(BigInt(view.getInt8(stored)));
      }
    }
  }
  return weights;
}

const UNIT = [1, 1] as const;

function windowOf(
  op: Conv2d | DepthwiseConv2d,
): Pick<Layer, 'stride' | 'dilation' | 'before' | 'isUnpadded'> {
  const { stride, dilation, padding } = op.window;
  return {
    stride: [stride.height, stride.width],
    dilation: [dilation.height, dilation.width],
    before: [padding.top, padding.left],
    isUnpadded: Object.values(padding).every((border) => border === 0),
  };
}

function layerOf(
  graph: Graph,
  op: Extract<Op, { kind: 'conv2d' | 'depthwiseConv2d' | 'fullyConnected' }>,
  number: number,
  isHead: boolean,
): Layer {
  if (op.bias === undefined) throw new Error(`${op.name} has no bias`);
  if (op.kind === 'depthwiseConv2d' && op.multiplier !== 1) throw new Error(`${op.name} has a multiplier`);
  const { shape, quantization } = at(graph.tensors, op.weights);
  const output = siteOf(graph, op.output);
  const scales = quantization?.scales ?? [];
  const biases = data(graph, op.bias);
  const window =
    op.kind === 'fullyConnected'
      ? { stride: UNIT, dilation: UNIT, before: [0, 0] as const, isUnpadded: true }
      : windowOf(op);
  return {
    kind: isHead ? 'head' : op.kind === 'depthwiseConv2d' ? 'depthwise' : 'convolution',
    name: op.name,
    number,
    input: siteOf(graph, op.input),
    output,
    weights: canonicalWeights(graph, op.weights, op.kind === 'depthwiseConv2d'),
    biases: Array.from({ length: output.channels }, (_, o) => BigInt(biases.getInt32(4 * o, true))),
    scales: Array.from({ length: output.channels }, (_, o) => scales[o] ?? scales[0] ?? 0),
    kernel: shape.length === 4 ? [shape[1] ?? 0, shape[2] ?? 0] : UNIT,
    ...window,
    clamp: clampOf(op.activation, output),
  };
}

const LEFT_OUT = new Set(['reshape', 'softmax']);

/** Reads an inference graph; what NUMERICS does not speak of is refused. */
export function networkOf(graph: Graph): Network {
  const body: (Layer | Sum)[] = [];
  let pooled: Site | undefined;
  let head: Layer | undefined;
  for (const op of graph.ops) {
    if (op.kind === 'averagePool2d') pooled = siteOf(graph, op.input);
    else if (op.kind === 'add') {
      const output = siteOf(graph, op.output);
      const inputs = [siteOf(graph, op.inputs[0]), siteOf(graph, op.inputs[1])] as const;
      body.push({ kind: 'sum', inputs, output, clamp: clampOf(op.activation, output) });
    } else if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'fullyConnected') {
      const number = body.filter(({ kind }) => kind !== 'sum').length;
      const layer = layerOf(graph, op, number, pooled !== undefined);
      if (pooled) head = layer;
      else body.push(layer);
    } else if (!LEFT_OUT.has(op.kind)) throw new Error(`${op.kind} ${op.name}`);
  }
  if (!pooled || !head) throw new Error(`${graph.name} has no pool and head`);
  return { input: siteOf(graph, at(graph.inputs, 0)), body, pooled, head };
}

/** The operators of the body that read a map. */
export const readersOf = ({ body }: Network, id: TensorId): readonly (Layer | Sum)[] =>
  body.filter((each) =>
    each.kind === 'sum' ? each.inputs.some((site) => site.id === id) : each.input.id === id,
  );

/** N6: 1x1, stride 1, no padding, read by one depthwise layer only. */
export function isExpanding(network: Network, layer: Layer): boolean {
  const readers = readersOf(network, layer.output.id);
  const isPointwise = [...layer.kernel, ...layer.stride].every((extent) => extent === 1) && layer.isUnpadded;
  return (
    layer.kind === 'convolution' &&
    isPointwise &&
    readers.length === 1 &&
    readers[0]?.kind === 'depthwise' &&
    layer.output.id !== network.pooled.id
  );
}
