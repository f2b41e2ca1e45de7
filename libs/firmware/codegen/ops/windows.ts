import {
  type AveragePool2d,
  type Conv2d,
  type DepthwiseConv2d,
  type Extent2d,
  type MaxPool2d,
  perTensor,
  type TensorId,
  tensorOf,
  type TransposeConv2d,
  type Window,
} from '#libs/model/ir';
import { activationRange } from '#libs/model/quant';
import type { Scope } from '../model/scope';

interface Field {
  readonly name: string;
  readonly value: number;
}

const initializer = (fields: readonly Field[]): string =>
  fields.map(({ name, value }) => `.${name} = ${value}`).join(', ');

type Windowed = Conv2d | DepthwiseConv2d | TransposeConv2d | AveragePool2d | MaxPool2d;

const NO_DILATION: Extent2d = { height: 1, width: 1 };

const windowIn = (op: Windowed): Window =>
  op.kind === 'transposeConv2d'
    ? { stride: op.stride, padding: op.padding, dilation: NO_DILATION }
    : op.window;

const kernelIn = (scope: Scope, op: Windowed): Extent2d =>
  'kernel' in op ? op.kernel : { height: scope.extent(op.weights, 1), width: scope.extent(op.weights, 2) };

function windowTable(scope: Scope, op: Windowed): string {
  const { stride, dilation, padding } = windowIn(op);
  const kernel = kernelIn(scope, op);
  const lines: readonly (readonly Field[])[] = [
    ['height', 'width', 'channels'].map((axis, i) => ({
      name: `in_${axis}`,
      value: scope.extent(op.input, i + 1),
    })),
    ['height', 'width', 'channels'].map((axis, i) => ({
      name: `out_${axis}`,
      value: scope.extent(op.output, i + 1),
    })),
    [
      { name: 'kernel_height', value: kernel.height },
      { name: 'kernel_width', value: kernel.width },
      { name: 'stride_height', value: stride.height },
      { name: 'stride_width', value: stride.width },
    ],
    [
      { name: 'dilation_height', value: dilation.height },
      { name: 'dilation_width', value: dilation.width },
      { name: 'pad_top', value: padding.top },
      { name: 'pad_left', value: padding.left },
    ],
    ...(op.kind === 'conv2d' || op.kind === 'depthwiseConv2d'
      ? [[{ name: 'together', value: scope.together(op) }]]
      : []),
  ];
  return `{\n${lines.map((line) => `    ${initializer(line)},`).join('\n')}\n}`;
}

/** The address of the sizes of a convolution or pool; equal ones are one table. */
export const windowOf = (scope: Scope, op: Windowed): string =>
  `&${scope.declarations.share('fl_window', 'window', { value: windowTable(scope, op) })}`;

/** The address of zero points and clamp; equal ones are one table. */
export function rangeOf(
  scope: Scope,
  op: { readonly input: TensorId; readonly output: TensorId; readonly activation: Conv2d['activation'] },
): string {
  const output = perTensor(tensorOf(scope.graph, op.output));
  const { min, max } = activationRange(op.activation, output);
  const fields: readonly Field[] = [
    { name: 'input_zero', value: scope.zeroPoint(op.input) },
    { name: 'output_zero', value: output.zeroPoint },
    { name: 'low', value: min },
    { name: 'high', value: max },
  ];
  return `&${scope.declarations.share('fl_range', 'range', { value: `{${initializer(fields)}}` })}`;
}
