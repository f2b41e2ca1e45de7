import { type Graph, tensorOf } from '../graph';
import type { TensorId } from '../tensor';
import { type Activation, type Extent2d, type Window, windowExtent } from './geometry';
import type { OpRule } from './op-rule';

/** AVERAGE_POOL_2D: rounds half away from zero; padding is not counted in the divisor. Input and output share their scale. */
export interface AveragePool2d {
  readonly kind: 'averagePool2d';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly kernel: Extent2d;
  readonly window: Window;
  readonly activation: Activation;
}

/** MAX_POOL_2D: padding takes no part. Input and output share their scale. */
export interface MaxPool2d extends Omit<AveragePool2d, 'kind'> {
  readonly kind: 'maxPool2d';
}

/**
 * MEAN over `axes` (ascending, 0 up to the rank), with requantisation where the scales differ. Dimensions of extent 1 are
 * kept or dropped as the output's shape says.
 */
export interface Mean {
  readonly kind: 'mean';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly axes: readonly number[];
}

function poolFaults(op: AveragePool2d | MaxPool2d, graph: Graph): readonly string[] {
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
}

const poolRule: OpRule<AveragePool2d | MaxPool2d> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  /* As the field counts: sums and maxima are no multiplications. */
  macs: () => 0,
  check: poolFaults,
};
export const averagePool2dRule: OpRule<AveragePool2d> = poolRule;
export const maxPool2dRule: OpRule<MaxPool2d> = poolRule;

export const meanRule: OpRule<Mean> = {
  inputs: (op) => [op.input],
  outputs: (op) => [op.output],
  macs: () => 0,
  check: (op, graph) => {
    const { shape } = tensorOf(graph, op.input);
    const kept = shape.filter((_, axis) => !op.axes.includes(axis));
    const given = tensorOf(graph, op.output).shape;
    const drop = (extents: readonly number[]): string => extents.filter((extent) => extent !== 1).join('x');
    return drop(kept) === drop(given) && op.axes.every((axis) => axis in shape)
      ? []
      : [`mean over [${op.axes.join(',')}] of ${shape.join('x')} is not ${given.join('x')}`];
  },
};
