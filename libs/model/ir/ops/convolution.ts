import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import { type Activation, type Extent2d, type Padding, type Window, windowExtent } from './geometry';
import { type OpRule, present } from './op-rule';

/**
 * CONV_2D: input [1,H,W,I], weights [O,kh,kw,I], bias int32 [O], output [1,H',W',O].
 * `mask`, where set, receives one bit an output element: did the clamp let it through (N2)?
 * `trainedWeights`, where set, is a variable [O,kh,kw,n] (depthwise [1,kh,kw,n]), n < I: the weights of the first n input
 * channels, read instead of those of `weights`. Where all channels are trained, `weights` itself is the variable.
 */
export interface Conv2d {
  readonly kind: 'conv2d';
  readonly name: string;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly trainedWeights?: TensorId;
  readonly bias?: TensorId;
  readonly output: TensorId;
  readonly mask?: TensorId;
  readonly window: Window;
  readonly activation: Activation;
}

/** DEPTHWISE_CONV_2D: input [1,H,W,C], weights [1,kh,kw,C*multiplier], output [1,H',W',C*multiplier]. */
export interface DepthwiseConv2d extends Omit<Conv2d, 'kind'> {
  readonly kind: 'depthwiseConv2d';
  readonly multiplier: number;
}

/** FULLY_CONNECTED: input [..,I] with as many rows as the output, weights [O,I], output [rows,O]. */
export interface FullyConnected {
  readonly kind: 'fullyConnected';
  readonly name: string;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias?: TensorId;
  readonly output: TensorId;
  readonly activation: Activation;
}

/**
 * TRANSPOSE_CONV: input [1,H,W,I], weights [O,kh,kw,I], bias int32 [O], output [1,H',W',O]. Input pixel (y, x) adds to output
 * pixels (y * stride - padding.top + ky, x * stride - padding.left + kx); what falls outside is dropped.
 */
export interface TransposeConv2d {
  readonly kind: 'transposeConv2d';
  readonly name: string;
  readonly input: TensorId;
  readonly weights: TensorId;
  readonly bias?: TensorId;
  readonly output: TensorId;
  readonly stride: Extent2d;
  readonly padding: Padding;
  readonly activation: Activation;
}

const operands = {
  inputs: (op: Conv2d | DepthwiseConv2d | FullyConnected | TransposeConv2d) =>
    present(op.input, op.weights, 'trainedWeights' in op ? op.trainedWeights : undefined, op.bias),
};

/** A trained part has fewer channels than the weights, and nothing else of its own. */
function trainedPartFaults(op: Conv2d | DepthwiseConv2d, graph: Graph): readonly string[] {
  if (op.trainedWeights === undefined) return [];
  const part = tensorOf(graph, op.trainedWeights);
  const whole = tensorOf(graph, op.weights);
  const isPart =
    part.role === 'variable' &&
    part.shape.slice(0, -1).join() === whole.shape.slice(0, -1).join() &&
    (part.shape.at(-1) ?? 0) > 0 &&
    (part.shape.at(-1) ?? 0) < (whole.shape.at(-1) ?? 0);
  return isPart ? [] : [`trained weights [${part.shape.join(',')}] are no part of the weights`];
}

function windowFaults(op: Conv2d | DepthwiseConv2d, graph: Graph): string[] {
  const input = tensorOf(graph, op.input).shape;
  const weights = tensorOf(graph, op.weights).shape;
  const output = tensorOf(graph, op.output).shape;
  if (input.length !== 4 || weights.length !== 4 || output.length !== 4)
    return ['input, weights and output need 4 dimensions'];
  const { stride, dilation, padding } = op.window;
  const height = windowExtent(input[1]!, {
    kernel: weights[1]!,
    stride: stride.height,
    dilation: dilation.height,
    padding: padding.top + padding.bottom,
  });
  const width = windowExtent(input[2]!, {
    kernel: weights[2]!,
    stride: stride.width,
    dilation: dilation.width,
    padding: padding.left + padding.right,
  });
  return height === output[1] && width === output[2]
    ? []
    : [`window gives ${height}x${width}, output is ${output[1]}x${output[2]}`];
}

export const conv2dRule: OpRule<Conv2d> = {
  inputs: operands.inputs,
  outputs: (op) => present(op.output, op.mask),
  macs: (op, graph) =>
    elementCount(tensorOf(graph, op.output).shape) * elementCount(tensorOf(graph, op.weights).shape.slice(1)),
  check: (op, graph) => {
    const faults = [...windowFaults(op, graph), ...trainedPartFaults(op, graph)];
    const channels = tensorOf(graph, op.input).shape[3];
    if (tensorOf(graph, op.weights).shape[3] !== channels)
      faults.push(`weights do not take ${channels} input channels`);
    if (tensorOf(graph, op.weights).shape[0] !== tensorOf(graph, op.output).shape[3])
      faults.push('weights and output disagree on channels');
    return faults;
  },
};

export const depthwiseConv2dRule: OpRule<DepthwiseConv2d> = {
  inputs: operands.inputs,
  outputs: (op) => present(op.output, op.mask),
  macs: (op, graph) => {
    const weights = tensorOf(graph, op.weights).shape;
    return elementCount(tensorOf(graph, op.output).shape) * weights[1]! * weights[2]!;
  },
  check: (op, graph) => {
    const faults = [...windowFaults(op, graph), ...trainedPartFaults(op, graph)];
    const channels = (tensorOf(graph, op.input).shape[3] ?? 0) * op.multiplier;
    if (tensorOf(graph, op.output).shape[3] !== channels) faults.push(`output needs ${channels} channels`);
    return faults;
  },
};

export const fullyConnectedRule: OpRule<FullyConnected> = {
  inputs: operands.inputs,
  outputs: (op) => [op.output],
  macs: (op, graph) =>
    elementCount(tensorOf(graph, op.output).shape) * (tensorOf(graph, op.weights).shape[1] ?? 0),
  check: (op, graph) => {
    const weights = tensorOf(graph, op.weights).shape;
    const inputs = elementCount(tensorOf(graph, op.input).shape);
    const outputs = elementCount(tensorOf(graph, op.output).shape);
    const rows = outputs / (weights[0] ?? 0);
    return weights.length === 2 && Number.isInteger(rows) && inputs === rows * weights[1]!
      ? []
      : [`weights [${weights.join(',')}] do not take ${inputs} inputs to ${outputs} outputs`];
  },
};

/** Output extent of a transposed window; padding (before and after together) shrinks it. */
const transposedExtent = (input: number, kernel: number, stride: number, padding: number): number =>
  (input - 1) * stride + kernel - padding;

export const transposeConv2dRule: OpRule<TransposeConv2d> = {
  inputs: operands.inputs,
  outputs: (op) => [op.output],
  macs: (op, graph) => {
    const [, height = 0, width = 0] = tensorOf(graph, op.input).shape;
    return height * width * elementCount(tensorOf(graph, op.weights).shape);
  },
  check: (op, graph) => {
    const input = tensorOf(graph, op.input).shape;
    const weights = tensorOf(graph, op.weights).shape;
    const output = tensorOf(graph, op.output).shape;
    if (input.length !== 4 || weights.length !== 4 || output.length !== 4)
      return ['input, weights and output need 4 dimensions'];
    const { stride, padding } = op;
    const height = transposedExtent(input[1]!, weights[1]!, stride.height, padding.top + padding.bottom);
    const width = transposedExtent(input[2]!, weights[2]!, stride.width, padding.left + padding.right);
    return [
      ...(height === output[1] && width === output[2]
        ? []
        : [`window gives ${height}x${width}, output is ${output[1]}x${output[2]}`]),
      ...(weights[3] === input[3] ? [] : [`weights do not take ${input[3]} input channels`]),
      ...(weights[0] === output[3] ? [] : ['weights and output disagree on channels']),
    ];
  },
};
