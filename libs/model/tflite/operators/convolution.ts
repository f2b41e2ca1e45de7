/** What CONV_2D and DEPTHWISE_CONV_2D have in common in a file. */
import { type Conv2d, type DepthwiseConv2d, tensorOf } from '#libs/model/ir';
import { type Field, i32, i8 } from '../flatbuffer/flatbuffer-nodes';
import { ACTIVATION_CODES } from '../schema/enums';
import type { CONV_2D_OPTIONS, DEPTHWISE_CONV_2D_OPTIONS } from '../schema/fields';
import type { OperatorReader } from './operator-reader';
import type { OperatorWriter } from './operator-writer';
import { extentOf, readExtent, readWindow, writePadding } from './windows';

export interface ConvolutionLayout {
  /** The option table, by its type code and its field numbers. */
  readonly optionsType: number;
  readonly fields: typeof CONV_2D_OPTIONS | typeof DEPTHWISE_CONV_2D_OPTIONS;
  /** The dimension of the weights that counts output channels. */
  readonly channelAxis: number;
}

/** Version 3 brought int8 to both operators. */
export const CONVOLUTION_VERSION = 3;

export function readConvolution(operator: OperatorReader, layout: ConvolutionLayout): Omit<Conv2d, 'kind'> {
  const { fields } = layout;
  operator.expectOperands(2, 3);
  const input = operator.asMap(operator.input());
  const output = operator.asMap(operator.output());
  const weights = operator.weights(1, 4, layout.channelAxis);
  const bias = operator.bias(2, output.shape[3] ?? 0);
  const options = operator.requiredOptions(layout.optionsType);
  const stride = readExtent(
    operator,
    'stride',
    options.i32(fields.strideHeight),
    options.i32(fields.strideWidth),
  );
  const dilation = readExtent(
    operator,
    'dilation',
    options.i32(fields.dilationHeight, 1),
    options.i32(fields.dilationWidth, 1),
  );
  const geometry = { input, kernel: extentOf(weights.shape), stride, dilation };
  return {
    name: output.name,
    input: input.id,
    weights: weights.id,
    ...(bias !== undefined && { bias }),
    output: output.id,
    window: readWindow(operator, options, fields.padding, geometry),
    activation: operator.fusedActivation(options, fields.activation),
  };
}

/** The options that both have, by field number. */
export function convolutionOptions(
  op: Conv2d | DepthwiseConv2d,
  writer: OperatorWriter,
  fields: ConvolutionLayout['fields'],
): Record<number, Field | undefined> {
  if (op.mask !== undefined) writer.refuse('writes a clamp mask, which exists only in training graphs');
  const { stride, dilation, padding } = op.window;
  const kernel = extentOf(tensorOf(writer.graph, op.weights).shape);
  const geometry = { input: tensorOf(writer.graph, op.input), kernel, stride, dilation };
  return {
    [fields.padding]: i8(writePadding(writer, padding, geometry)),
    [fields.strideWidth]: i32(stride.width),
    [fields.strideHeight]: i32(stride.height),
    [fields.activation]: i8(ACTIVATION_CODES[op.activation]),
    [fields.dilationWidth]: i32(dilation.width, 1),
    [fields.dilationHeight]: i32(dilation.height, 1),
  };
}

export const convolutionInputs = (op: Conv2d | DepthwiseConv2d): readonly number[] => [
  op.input,
  op.weights,
  op.bias ?? -1,
];
