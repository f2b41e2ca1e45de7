import { type Graph, type Op, type Tensor, tensorOf } from '#libs/model/ir';
import { Draws } from '#test/support/draws';

/** Biases that decide an output alone, or wrap. */
const DECISIVE = [-(2 ** 31), -(2 ** 30), -5_000_000, 5_000_000, 2 ** 31 - 1];
/** With this scale of a weight, hardly any sum moves the output. */
const NO_SCALE = Math.fround(4e-9);

function withBiases(draws: Draws, tensor: Tensor): Tensor {
  const data = tensor.data?.slice() ?? new Uint8Array(0);
  const view = new DataView(data.buffer);
  for (let at = 0; at < data.length; at += 4) {
    if (draws.chance(40)) view.setInt32(at, draws.pick(DECISIVE), true);
  }
  return { ...tensor, data };
}

function withScales(draws: Draws, tensor: Tensor): Tensor {
  const { quantization } = tensor;
  if (!quantization) return tensor;
  const scales = quantization.scales.map((scale) => (draws.chance(15) ? NO_SCALE : scale));
  return { ...tensor, quantization: { ...quantization, scales } };
}

function withoutBias(op: Op): Op {
  if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d' && op.kind !== 'fullyConnected') return op;
  const { bias: _, ...rest } = op;
  return rest;
}

/** The same network with many channels that are one constant for every input, by bias or by scale; some layers have no bias. */
export function withDeadChannels(graph: Graph, seed: number): Graph {
  const draws = new Draws(seed);
  const ops = graph.ops.map((op) => (draws.chance(20) ? withoutBias(op) : op));
  const biases = new Set(graph.ops.map((op) => ('bias' in op ? op.bias : undefined)));
  const weights = new Set(graph.ops.map((op) => ('weights' in op ? op.weights : undefined)));
  const tensors = graph.tensors.map(({ id }) => {
    const tensor = tensorOf(graph, id);
    if (biases.has(id)) return withBiases(draws, tensor);
    return weights.has(id) ? withScales(draws, tensor) : tensor;
  });
  return { ...graph, tensors, ops };
}
