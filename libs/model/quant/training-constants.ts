/**
 * The constants of the backward half of a step (NUMERICS N0). They are read off an inference graph (where the last layer
 * is taken for the head) or off the training graph made from it; both give the same numbers.
 */
import {
  type Add,
  channelScale,
  foldedAdd,
  type Graph,
  type Head,
  headLayerOf,
  type LayerOp,
  layersOf,
  perTensor,
  pooledInto,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { at } from '#libs/base/result';
import { alignedMantissa, kceil, q15, type Scaled } from './binary-float';
import { type ChannelMultipliers, channelMultipliers, outputChannels } from './requantize';
import { storedBiases } from './stored-values';

/**
 * N0 back scale: eff[o] = mantissas[o] * 2^(exponents[o] - 15). Mantissas in [2^14, 2^15), 0 for frozen channels; the head's
 * classes share one exponent, their mantissas are in 0..32768.
 */
export interface BackScale {
  readonly mantissas: Uint16Array;
  readonly exponents: Int8Array;
}

/** N0 QAS factor of each output channel: mantissas[o] * 2^(exponents[o] - 15), mantissas in [2^14, 2^15). */
export interface StepScale {
  readonly mantissas: Uint16Array;
  readonly exponents: Int8Array;
}

/** What the backward operators of one layer need; arrays have one entry an output channel. */
export interface TrainingConstants {
  /** c[o] and k[o]. */
  readonly gradient: BackScale;
  /** qw: to steps of weights. */
  readonly weightStep: StepScale;
  /** qb: to steps of biases. */
  readonly biasStep: StepScale;
  /** 1 where neither the channel's weights nor its bias are ever updated. */
  readonly frozen: Uint8Array;
}

/** Below this weight scale a channel is dead: QAS would multiply by more than 10^12. */
const DEAD_SCALE = 1e-6;
/** Biases beyond +-2^22 do not fit N1's 8 fractional bits within +-2^30. */
const LARGEST_BIAS = 2 ** 22;
const LOG2_E = 1.4426950408889634;

function layerAt(graph: Graph, layer: number): { readonly op: LayerOp; readonly isHead: boolean } {
  const layers = layersOf(graph);
  const op = at(layers, layer);
  return { op, isHead: layer === headLayerOf(graph) };
}

const inputScale = (graph: Graph, op: LayerOp): number => perTensor(tensorOf(graph, op.input)).scale;

/** Pixels of the map that a global average pool makes the head's input of; 1 where the head's gradient goes to its input. */
export function pooledPixels(graph: Graph): number {
  const pool = pooledInto(graph, layerAt(graph, layersOf(graph).length - 1).op.input);
  return pool ? pool.kernel.height * pool.kernel.width : 1;
}

/** s_o': the output scale, but the ADD's output scale if this output is consumed only by an ADD. */
const gradientScale = (graph: Graph, op: LayerOp): number =>
  perTensor(tensorOf(graph, (foldedAdd(graph, op) ?? op).output)).scale;

function frozenChannels(graph: Graph, op: LayerOp): Uint8Array {
  const weights = tensorOf(graph, op.weights);
  const biases = op.bias === undefined ? undefined : storedBiases(graph, op.bias);
  return Uint8Array.from({ length: outputChannels(graph, op.output) }, (_, channel) =>
    channelScale(weights, channel) < DEAD_SCALE || Math.abs(biases?.[channel] ?? 0) > LARGEST_BIAS ? 1 : 0,
  );
}

function stepScale(count: number, factorOf: (channel: number) => number): StepScale {
  const scaled: readonly Scaled[] = Array.from({ length: count }, (_, channel) => q15(factorOf(channel)));
  return {
    mantissas: Uint16Array.from(scaled, ({ mantissa }) => mantissa),
    exponents: Int8Array.from(scaled, ({ exponent }) => exponent),
  };
}

function layerBackScale(effective: readonly number[], frozen: Uint8Array): BackScale {
  const scaled = effective.map((value, o) => (frozen[o] ? { mantissa: 0, exponent: 0 } : q15(value)));
  return {
    mantissas: Uint16Array.from(scaled, ({ mantissa }) => mantissa),
    exponents: Int8Array.from(scaled, ({ exponent }) => exponent),
  };
}

/** The products with the errors of all classes are compared and summed (N5). */
function headBackScale(effective: readonly number[], frozen: Uint8Array): BackScale {
  const exponent = kceil(Math.max(...effective));
  return {
    mantissas: Uint16Array.from(effective, (value, o) => (frozen[o] ? 0 : alignedMantissa(value, exponent))),
    exponents: new Int8Array(effective.length).fill(exponent),
  };
}

/** N0 of layer `layer` (the number of N8): back scale, QAS factors and frozen channels. */
export function trainingConstants(graph: Graph, layer: number): TrainingConstants {
  const { op, isHead } = layerAt(graph, layer);
  const weights = tensorOf(graph, op.weights);
  const input = inputScale(graph, op);
  const divisor = isHead ? pooledPixels(graph) : gradientScale(graph, op);
  const scales = Array.from({ length: outputChannels(graph, op.output) }, (_, channel) =>
    channelScale(weights, channel),
  );
  const frozen = frozenChannels(graph, op);
  const ofWeights = (scale: number): number => (isHead ? input / scale : 1 / (scale * scale));
  const ofBias = (scale: number): number =>
    isHead ? 1 / (input * scale) : 1 / (input * scale * (input * scale));
  return {
    gradient: (isHead ? headBackScale : layerBackScale)(
      scales.map((scale) => (input * scale) / divisor),
      frozen,
    ),
    weightStep: stepScale(scales.length, (o) => ofWeights(at(scales, o))),
    biasStep: stepScale(scales.length, (o) => ofBias(at(scales, o))),
    frozen,
  };
}

/** N0 head: q31(((s_in * s_w[k]) * log2 e) * 4096), accumulator to logits in log2 units with 16 fractional bits. */
export function headConstants(graph: Graph, op: Head): ChannelMultipliers {
  const input = inputScale(graph, op);
  const weights = tensorOf(graph, op.weights);
  return channelMultipliers(
    outputChannels(graph, op.output),
    (channel) => input * channelScale(weights, channel) * LOG2_E * 4096,
  );
}

/** N0 skip: r = s_skip / s_addout = mantissa * 2^(exponent - 15). */
export function skipRatio(graph: Graph, add: Add, skip: TensorId): Scaled {
  const ratio = perTensor(tensorOf(graph, skip)).scale / perTensor(tensorOf(graph, add.output)).scale;
  const exponent = kceil(ratio);
  return { mantissa: alignedMantissa(ratio, exponent), exponent };
}
