import {
  type Add,
  channelScale,
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type Head,
  isBackward,
  perTensor,
  producerOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import type { Machine } from '../machine';
import { hasBit } from '../ops/bits';
import { tapTable } from '../ops/tap-table';

/** Real gradients of one convolution with respect to its integer accumulators and weights. */
export interface FloatLayerGradient {
  /** dL/d(accumulator), channel planes [C][P]. */
  readonly accumulator: Float64Array;
  /** dL/d(integer weight), storage order. */
  readonly weights: Float64Array;
}

/**
 * The backward half in floating point, written straight from its definition: chain rule through integer weights, real
 * scales and exact clamp masks, no rounding anywhere. Reads the forward values of a machine that has just run.
 * @returns the gradients of every convolution on the gradient's way, by operator name; natural-logarithm loss
 */
export function floatBackward(machine: Machine, label: number): ReadonlyMap<string, FloatLayerGradient> {
  const { graph } = machine;
  const gradients = new Map<TensorId, Float64Array>();
  const layers = new Map<string, FloatLayerGradient>();
  for (const op of graph.ops.filter((candidate) => !isBackward(candidate)).toReversed()) {
    if (op.kind === 'head') gradients.set(pooledTensor(graph, op), headGradient(machine, op, label));
    else if (op.kind === 'add') addGradient(graph, op, masked(machine, op, gradients), gradients);
    else if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d') {
      if (op.mask !== undefined) layers.set(op.name, layerGradient(machine, op, gradients));
    }
  }
  return layers;
}

const scaleOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).scale;

function pooledTensor(graph: Graph, head: Head): TensorId {
  let producer = producerOf(graph, head.input);
  while (producer?.kind === 'reshape') producer = producerOf(graph, producer.input);
  invariant(producer?.kind === 'averagePool2d', 'the head follows a pool');
  return producer.input;
}

/** The gradient of an output through its clamp. */
function masked(
  machine: Machine,
  op: Add | Conv2d | DepthwiseConv2d,
  gradients: ReadonlyMap<TensorId, Float64Array>,
): Float64Array {
  const mask = op.mask === undefined ? undefined : machine.memory.bytes(op.mask);
  const gradient = gradients.get(op.output) ?? new Float64Array(0);
  return gradient.map((value, i) => (mask && hasBit(mask, i) ? value : 0));
}

function accumulate(gradients: Map<TensorId, Float64Array>, id: TensorId, more: Float64Array): void {
  const before = gradients.get(id);
  gradients.set(id, before ? before.map((value, i) => value + (more[i] ?? 0)) : more);
}

/** softmax - onehot, through the head's weights, spread evenly over the pooled pixels (NHWC). */
function headGradient({ graph, memory }: Machine, head: Head, label: number): Float64Array {
  const nats = [...memory.int32(head.output)].map((unit) => (unit / 65536) * Math.LN2);
  const powers = nats.map((value) => Math.exp(value - Math.max(...nats)));
  const sum = powers.reduce((a, b) => a + b, 0);
  const errors = powers.map((power, k) => power / sum - (k === label ? 1 : 0));
  const [, height = 0, width = 0, channels = 0] = tensorOf(graph, pooledTensor(graph, head)).shape;
  const weights = memory.int16(head.weights);
  const perFeature = Array.from({ length: channels }, (_, j) =>
    errors.reduce((total, error, k) => {
      const scale = scaleOf(graph, head.input) * channelScale(tensorOf(graph, head.weights), k);
      return total + error * scale * ((weights[k * channels + j] ?? 0) / 16);
    }, 0),
  );
  const pixels = height * width;
  return Float64Array.from({ length: pixels * channels }, (_, i) => (perFeature[i % channels] ?? 0) / pixels);
}

function addGradient(
  graph: Graph,
  op: Add,
  gradient: Float64Array,
  gradients: Map<TensorId, Float64Array>,
): void {
  for (const id of op.inputs) {
    const ratio = scaleOf(graph, id) / scaleOf(graph, op.output);
    accumulate(
      gradients,
      id,
      gradient.map((value) => value * ratio),
    );
  }
}

function layerGradient(
  machine: Machine,
  op: Conv2d | DepthwiseConv2d,
  gradients: Map<TensorId, Float64Array>,
): FloatLayerGradient {
  const { graph, memory } = machine;
  const { taps, source, inputPixels, inputChannels, outputPixels, outputChannels } = tapTable(graph, op);
  const gradient = masked(machine, op, gradients);
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
