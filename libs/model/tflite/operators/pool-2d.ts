/** AVERAGE_POOL_2D and MAX_POOL_2D, which stand alike in a file. */
import { type AveragePool2d, type Extent2d, type MaxPool2d, tensorOf } from '#libs/model/ir';
import { i32, i8, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { ACTIVATION_CODES, OPTIONS } from '../schema/enums';
import { POOL_2D_OPTIONS } from '../schema/fields';
import type { OperatorFormat, WrittenOperator } from './operator-format';
import type { OperatorReader } from './operator-reader';
import type { OperatorWriter } from './operator-writer';
import { readExtent, readWindow, writePadding } from './windows';

/** Version 2 brought int8. */
const INT8_VERSION = 2;
const NO_DILATION: Extent2d = { height: 1, width: 1 };

type Pool = Omit<MaxPool2d, 'kind'>;

function readPool(operator: OperatorReader): Pool {
  operator.expectOperands(1, 1);
  const input = operator.asMap(operator.input());
  const output = operator.asMap(operator.output());
  operator.expectSameQuantization(input, output);
  const options = operator.requiredOptions(OPTIONS.pool2d);
  const extent = (what: string, height: number, width: number): Extent2d =>
    readExtent(operator, what, options.i32(height), options.i32(width));
  const stride = extent('stride', POOL_2D_OPTIONS.strideHeight, POOL_2D_OPTIONS.strideWidth);
  const kernel = extent('window', POOL_2D_OPTIONS.filterHeight, POOL_2D_OPTIONS.filterWidth);
  const window = readWindow(operator, options, POOL_2D_OPTIONS.padding, {
    input,
    kernel,
    stride,
    dilation: NO_DILATION,
  });
  const activation = operator.fusedActivation(options, POOL_2D_OPTIONS.activation);
  return { name: output.name, input: input.id, output: output.id, kernel, window, activation };
}

function writePool(op: Pool, writer: OperatorWriter): WrittenOperator {
  const { kernel } = op;
  const { stride, padding } = op.window;
  const geometry = { input: tensorOf(writer.graph, op.input), kernel, stride, dilation: NO_DILATION };
  const options = table({
    [POOL_2D_OPTIONS.padding]: i8(writePadding(writer, padding, geometry)),
    [POOL_2D_OPTIONS.strideWidth]: i32(stride.width),
    [POOL_2D_OPTIONS.strideHeight]: i32(stride.height),
    [POOL_2D_OPTIONS.filterWidth]: i32(kernel.width),
    [POOL_2D_OPTIONS.filterHeight]: i32(kernel.height),
    [POOL_2D_OPTIONS.activation]: i8(ACTIVATION_CODES[op.activation]),
  });
  return { inputs: [op.input], optionsType: OPTIONS.pool2d, options };
}

export const averagePool2d: OperatorFormat<AveragePool2d> = {
  builtins: [BUILTIN.averagePool2d],
  builtin: () => BUILTIN.averagePool2d,
  version: () => INT8_VERSION,
  read: (operator) => ({ kind: 'averagePool2d', ...readPool(operator) }),
  write: writePool,
};

export const maxPool2d: OperatorFormat<MaxPool2d> = {
  builtins: [BUILTIN.maxPool2d],
  builtin: () => BUILTIN.maxPool2d,
  version: () => INT8_VERSION,
  read: (operator) => ({ kind: 'maxPool2d', ...readPool(operator) }),
  write: writePool,
};
