/**
 * Parameters of a layer as the kernels of fl_dsp_kernels.h take them: packed weights, and requantisation proved for exactly
 * these weights.
 *
 * Zero points of the input and biases are in the requantisation constants. `fl_dsp_filter` says how weights are packed; here
 * it is decided whether they can be: no weight is -128, the clamp is that of int8, no sum leaves its word.
 */
import { at } from '#libs/base/result';
import {
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  type LayerOp,
  type Op,
  perTensor,
  tensorOf,
} from '#libs/model/ir';
import {
  activationRange,
  affineForm,
  canonicalOrder,
  requantConstants,
  storedBiases,
  storedWeights,
  type SumRange,
} from '#libs/model/quant';
import { convolutionKernel } from '#libs/firmware/planner';

type Filtered = Conv2d | DepthwiseConv2d | FullyConnected;
export type DspKernel = 'pointwise' | 'general' | 'depthwise';

export interface DspFilter {
  readonly kernel: DspKernel;
  /** Weights and requantisation. */
  readonly words: Int32Array;
  readonly isExact: boolean;
}

interface Requant {
  readonly isExact: boolean;
  /** Of every output channel. */
  readonly constants: readonly (readonly number[])[];
}

const INT8 = { lowest: -128, highest: 127 };
/** Depthwise kernels take bytes + 128. */
const UINT8 = { lowest: 0, highest: 255 };
/** Of the even outputs of convolutions. */
const UPPER = 256;

/** One output channel. */
interface Channel {
  readonly weights: Int8Array;
  readonly range: SumRange;
  /** Bias, less the zero point times the weights. */
  readonly offset: number;
  readonly multiplier: number;
  readonly shift: number;
  readonly zeroPoint: number;
  readonly isUpper: boolean;
}

function kernelOf(op: Filtered, graph: Graph): DspKernel | undefined {
  if (op.kind !== 'depthwiseConv2d')
    return op.kind === 'conv2d' && convolutionKernel(op, graph) === 'general' ? 'general' : 'pointwise';
  // With one filter a channel the planner may let the output run over the input, as only depthwise kernels read it.
  if (op.multiplier > 1 && tensorOf(graph, op.input).shape.at(-1) === 1) return 'general';
  const { stride, dilation } = op.window;
  const isPlain = op.multiplier === 1 && dilation.height === 1 && dilation.width === 1;
  return isPlain && stride.width <= 2 ? 'depthwise' : undefined;
}

/** Weights in canonical order of depthwise layers, as they are stored of others: one run an output channel in both. */
function orderedWeights(graph: Graph, op: Filtered): Int8Array {
  const stored = storedWeights(graph, op.weights);
  if (op.kind !== 'depthwiseConv2d') return stored;
  const ordered = new Int8Array(stored.length);
  canonicalOrder(op.kind, tensorOf(graph, op.weights).shape).forEach((to, from) => {
    ordered[to] = at(stored, from);
  });
  return ordered;
}

const rangeOf = (weights: Int8Array, { lowest, highest }: SumRange): SumRange => ({
  lowest: weights.reduce((sum, w) => sum + Math.min(w * lowest, w * highest), 0),
  highest: weights.reduce((sum, w) => sum + Math.max(w * lowest, w * highest), 0),
});

function channelsOf(graph: Graph, op: Filtered, kernel: DspKernel): readonly Channel[] {
  const weights = orderedWeights(graph, op);
  const { multipliers, shifts } = requantConstants(graph, op);
  const depth = weights.length / multipliers.length;
  const isDepthwise = kernel === 'depthwise';
  const inputZero = perTensor(tensorOf(graph, op.input)).zeroPoint + (isDepthwise ? 128 : 0);
  const { zeroPoint } = perTensor(tensorOf(graph, op.output));
  const biases = op.bias === undefined ? undefined : storedBiases(graph, op.bias);
  return Array.from(multipliers, (multiplier, channel): Channel => {
    const own = weights.subarray(channel * depth, (channel + 1) * depth);
    return {
      weights: own,
      range: rangeOf(own, isDepthwise ? UINT8 : INT8),
      offset: (biases?.[channel] ?? 0) - inputZero * own.reduce((sum, w) => sum + w, 0),
      multiplier,
      shift: at(shifts, channel),
      zeroPoint,
      isUpper: !isDepthwise && channel % 2 === 0,
    };
  });
}

/** fl_affine of a channel; the factor of an upper one takes 256 times the sum. */
function affineConstants(channel: Channel): readonly number[] | undefined {
  const grain = channel.isUpper ? UPPER : 1;
  const form = affineForm(channel, channel.range, grain);
  return form && [form.factor / grain, form.addend, form.multiplier];
}

const INT32 = 2 ** 31;

/** fl_exact of a channel: addend and sum are doubled, the last shift a product with a power of two, negated so that 2^31 is one. */
function exactConstants({
  offset,
  range,
  multiplier,
  shift,
  zeroPoint,
  isUpper,
}: Channel): readonly number[] | undefined {
  const largest = Math.max(
    Math.abs(range.lowest + offset),
    Math.abs(range.highest + offset),
    Math.abs(offset),
  );
  const sums = Math.max(-range.lowest, range.highest) * (isUpper ? UPPER : 2);
  const fits = shift < 0 && shift >= -31 && 2 * largest < INT32 && sums < INT32;
  return fits ? [2 * offset, multiplier, zeroPoint, -(2 ** (32 + shift))] : undefined;
}

type Constants = (channel: Channel) => readonly number[] | undefined;

function allOf(channels: readonly Channel[], constantsOf: Constants): Requant['constants'] | undefined {
  const constants: (readonly number[])[] = [];
  for (const channel of channels) {
    const found = constantsOf(channel);
    if (!found) return undefined;
    constants.push(found);
  }
  return constants;
}

/** fl_exact in three words: the zero point is in the lowest byte of the power, which is negative and has none. */
function packedExact(channel: Channel): readonly number[] | undefined {
  const [addend = 0, multiplier = 0, zeroPoint = 0, power = 0] = exactConstants(channel) ?? [];
  return power !== 0 && power % 256 === 0 ? [power | (zeroPoint & 0xff), addend, multiplier] : undefined;
}

/** Convolutions do all channels in one way, depthwise kernels each in its own: where the first word is negative, exactly. */
function requantOf(channels: readonly Channel[], kernel: DspKernel): Requant | undefined {
  if (kernel === 'depthwise') {
    const constants = allOf(channels, (channel) => affineConstants(channel) ?? packedExact(channel));
    return constants && { isExact: false, constants };
  }
  const affine = allOf(channels, affineConstants);
  const constants = affine ?? allOf(channels, exactConstants);
  return constants && { isExact: affine === undefined, constants };
}

const pair = (low: number, high: number): number => (low & 0xffff) | (high << 16);

/** Pairs of outputs, each with the constants of both; inputs in fours: (0, 2), (1, 3). */
function packedColumns(channels: readonly Channel[], requant: Requant): Int32Array {
  const depth = channels[0]?.weights.length ?? 0;
  const raised = Math.ceil(depth / 8) * 8;
  const words: number[] = [];
  for (let o = 0; o < channels.length; o += 2) {
    const lane = (i: number): number =>
      256 * (channels[o]?.weights[i] ?? 0) + (channels[o + 1]?.weights[i] ?? 0);
    for (let i = 0; i < raised; i += 4)
      words.push(pair(lane(i), lane(i + 2)), pair(lane(i + 1), lane(i + 3)));
    words.push(...at(requant.constants, o), ...(requant.constants[o + 1] ?? at(requant.constants, o)));
  }
  return Int32Array.from(words);
}

const fourBytes = (...[a = 0, b = 0, c = 0, d = 0]: readonly (number | undefined)[]): number =>
  (a & 0xff) | ((b & 0xff) << 8) | ((c & 0xff) << 16) | (d << 24);

/** A kernel row as the kernel widens it: pairs of bytes 0 and 2, 1 and 3 of a word. */
function packedRow(row: Int8Array, isThree: boolean): readonly number[] {
  if (isThree) return [fourBytes(row[0], row[1], row[1], row[2])];
  return Array.from({ length: Math.ceil(row.length / 4) }, (_, i) =>
    fourBytes(row[4 * i], row[4 * i + 2], row[4 * i + 1], row[4 * i + 3]),
  );
}

/** Channel by channel: constants, then the rows of the kernel. */
function packedTaps(channels: readonly Channel[], requant: Requant, width: number): Int32Array {
  return Int32Array.from(
    channels.flatMap(({ weights }, channel) => {
      const rows = Array.from({ length: weights.length / width }, (_, row) =>
        weights.subarray(row * width, (row + 1) * width),
      );
      const isThree = width === 3 && rows.length === 3;
      return [...at(requant.constants, channel), ...rows.flatMap((row) => packedRow(row, isThree))];
    }),
  );
}

function filterFor(graph: Graph, op: Filtered): DspFilter | undefined {
  const kernel = kernelOf(op, graph);
  const { min, max } = activationRange(op.activation, perTensor(tensorOf(graph, op.output)));
  if (kernel === undefined || min !== INT8.lowest || max !== INT8.highest) return undefined;
  const channels = channelsOf(graph, op, kernel);
  if (channels.some(({ weights }) => weights.includes(-128))) return undefined;
  const requant = requantOf(channels, kernel);
  if (!requant) return undefined;
  const [, , width = 1] = tensorOf(graph, op.weights).shape;
  const words =
    kernel === 'depthwise' ? packedTaps(channels, requant, width) : packedColumns(channels, requant);
  return { kernel, words, isExact: requant.isExact };
}

const known = new WeakMap<Graph, Map<Op, DspFilter | undefined>>();

/** Undefined: only the plain kernel does this layer. Proofs take a while: they are kept with the graph. */
export function dspFilter(graph: Graph, op: LayerOp): DspFilter | undefined {
  if (op.kind === 'head' || op.kind === 'transposeConv2d') return undefined;
  const filters = known.get(graph) ?? new Map<Op, DspFilter | undefined>();
  known.set(graph, filters);
  if (!filters.has(op)) filters.set(op, filterFor(graph, op));
  return filters.get(op);
}
