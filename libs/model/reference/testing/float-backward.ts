import {
  channelScale,
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  type Graph,
  type Head,
  isBackward,
  perTensor,
  type SquaredError,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { Machine } from '../machine';
import { tapTable } from '../ops/tap-table';
import { floatShares, throughClamp } from './float-operators';

/** Real gradients of one convolution with respect to its integer accumulators and weights. */
export interface FloatLayerGradient {
  /** dL/d(accumulator), channel planes [C][P]. */
  readonly accumulator: Float64Array;
  /** dL/d(integer weight), storage order. */
  readonly weights: Float64Array;
}

/**
 * The backward half in floating point, written straight from its definition: chain rule through integer weights, real
 * scales and exact clamp masks, no rounding anywhere, whatever the operators. Reads the forward values of a machine that has just run.
 * @returns the gradients of every convolution on the gradient's way, by operator name; natural-logarithm loss
 */
export function floatBackward(machine: Machine, label: number): ReadonlyMap<string, FloatLayerGradient> {
  const { graph } = machine;
  const gradients = new Map<TensorId, Float64Array>();
  const layers = new Map<string, FloatLayerGradient>();
  const error = graph.ops.find((op): op is SquaredError => op.kind === 'squaredError');
  if (error) gradients.set(error.prediction, errorGradient(machine, error, label));
  for (const op of graph.ops.filter((candidate) => !isBackward(candidate)).toReversed()) {
    if (op.kind === 'head') gradients.set(op.input, headGradient(machine, op, label));
    if (!('output' in op) || !gradients.has(op.output)) continue;
    const result = throughClamp(machine, op.output, gradients.get(op.output) as Float64Array);
    gradients.set(op.output, result);
    if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') {
      if (op.mask !== undefined) layers.set(op.name, layerGradient(machine, op, gradients));
      continue;
    }
    for (const { of, gradient } of floatShares(machine, op, result)) accumulate(gradients, of, gradient);
  }
  return layers;
}

const scaleOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).scale;

function accumulate(gradients: Map<TensorId, Float64Array>, id: TensorId, more: Float64Array): void {
  const before = gradients.get(id);
  gradients.set(id, before ? before.map((value, i) => value + (more[i] ?? 0)) : more);
}

/** d/dq of the mean of (scale * (q - target))^2. */
function errorGradient({ graph, memory }: Machine, op: SquaredError, label: number): Float64Array {
  const prediction = memory.int8(op.prediction);
  const factor = (2 * scaleOf(graph, op.prediction) ** 2) / prediction.length;
  const targets = op.target === undefined ? [(label << 24) >> 24] : memory.int8(op.target);
  return Float64Array.from(prediction, (value, i) => factor * (value - (targets[i] ?? 0)));
}

/** softmax - onehot, through the head's weights. */
function headGradient({ graph, memory }: Machine, head: Head, label: number): Float64Array {
  const nats = [...memory.int32(head.output)].map((unit) => (unit / 65536) * Math.LN2);
  const powers = nats.map((value) => Math.exp(value - Math.max(...nats)));
  const sum = powers.reduce((a, b) => a + b, 0);
  const errors = powers.map((power, k) => power / sum - (k === label ? 1 : 0));
  const features = elementCount(tensorOf(graph, head.input).shape);
  const weights = memory.int16(head.weights);
  return Float64Array.from({ length: features }, (_, j) =>
    errors.reduce((total, error, k) => {
      const scale = scaleOf(graph, head.input) * channelScale(tensorOf(graph, head.weights), k);
      return total + error * scale * ((weights[k * features + j] ?? 0) / 16);
    }, 0),
  );
}

function layerGradient(
  machine: Machine,
  op: Conv2d | DepthwiseConv2d,
  gradients: Map<TensorId, Float64Array>,
): FloatLayerGradient {
  const { graph, memory } = machine;
  const { taps, source, inputPixels, inputChannels, outputPixels, outputChannels } = tapTable(graph, op);
  const gradient = gradients.get(op.output) ?? new Float64Array(0);
  const integerWeights = memory.int8(op.weights);
  const input = memory.int8(op.input);
  const { scale, zeroPoint } = perTensor(tensorOf(graph, op.input));
  const accumulator = new Float64Array(gradient.length);
  const weights = new Float64Array(integerWeights.length);
  const toInput = new Float64Array(inputPixels * inputChannels);
  for (let o = 0; o < outputChannels; o++) {
    const effective = (scale * channelScale(tensorOf(graph, op.weights), o)) / scaleOf(graph, op.output);
    for (let p = 0; p < outputPixels; p++) {
      const h = (gradient[p * outputChannels + o] ?? 0) * effective;
      accumulator[o * outputPixels + p] = h;
      for (let tap = 0; tap < taps; tap++) {
        const from = source[p * taps + tap] ?? -1;
        if (from < 0) continue;
        for (const [x, w] of connections(op, { o, tap, from, taps, inputChannels, outputChannels })) {
          weights[w]! += h * ((input[x] ?? 0) - zeroPoint);
          toInput[x]! += h * (integerWeights[w] ?? 0);
        }
      }
    }
  }
  accumulate(gradients, op.input, toInput);
  return { accumulator, weights };
}

interface Tap {
  readonly o: number;
  readonly tap: number;
  readonly from: number;
  readonly taps: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
}

/** Pairs (input element, weight) that meet in output channel o at one tap. */
function connections(op: Conv2d | DepthwiseConv2d, at: Tap): readonly (readonly [x: number, w: number])[] {
  if (op.kind === 'depthwiseConv2d') {
    const channel = Math.floor(at.o / op.multiplier);
    return [[at.from * at.inputChannels + channel, at.tap * at.outputChannels + at.o]];
  }
  const weights = (at.o * at.taps + at.tap) * at.inputChannels;
  return Array.from(
    { length: at.inputChannels },
    (_, i) => [at.from * at.inputChannels + i, weights + i] as const,
  );
}
