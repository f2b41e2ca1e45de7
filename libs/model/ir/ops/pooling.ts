import { tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import { type Activation, type Extent2d, type Window, windowExtent } from './geometry';
import type { OpRule } from './op-rule';

/** AVERAGE_POOL_2D: rounds half away from zero; padding is not counted in the divisor. */
export interface AveragePool2d {
  readonly kind: 'averagePool2d';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly kernel: Extent2d;
  readonly window: Window;
  readonly activation: Activation;
}

export const averagePool2dRule: OpRule<AveragePool2d> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: (op, graph) => elementCount(tensorOf(graph, op.output).shape) * op.kernel.height * op.kernel.width,
  check: (op, graph) => {
    const input = tensorOf(graph, op.input).shape;
    const output = tensorOf(graph, op.output).shape;
    const { stride, padding } = op.window;
    const height = windowExtent(input[1] ?? 0, {
      kernel: op.kernel.height,
      stride: stride.height,
      padding: padding.top + padding.bottom,
    });
    const width = windowExtent(input[2] ?? 0, {
      kernel: op.kernel.width,
      stride: stride.width,
      padding: padding.left + padding.right,
    });
    return height === output[1] && width === output[2] && input[3] === output[3]
      ? []
      : ['window and output shape disagree'];
  },
};
