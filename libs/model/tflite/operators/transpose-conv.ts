import {
  type Extent2d,
  NO_PADDING,
  type Padding,
  samePadding,
  type Tensor,
  tensorOf,
  type TransposeConv2d,
} from '#libs/model/ir';
import { i32, i8, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { ACTIVATION_CODES, OPTIONS, PADDING } from '../schema/enums';
import { TRANSPOSE_CONV_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';
import { extentOf, readExtent } from './windows';

const CHANNEL_AXIS = 0;

interface Geometry {
  readonly input: Extent2d;
  readonly output: Extent2d;
  readonly kernel: Extent2d;
  readonly stride: Extent2d;
}

/** Elements that the window reaches beyond the output; below 0 where the output has elements that no window reaches. */
const surplus = ({ input, output, kernel, stride }: Geometry, side: 'height' | 'width'): number =>
  (input[side] - 1) * stride[side] + kernel[side] - output[side];

/** The padding before is that of the convolution that would lead from the output back to the input (transpose_conv.cc). */
function paddingFor(geometry: Geometry, isSame: boolean): Padding {
  const before = (side: 'height' | 'width'): number =>
    isSame ? samePadding(geometry.output[side], geometry.kernel[side], geometry.stride[side], 1).before : 0;
  const [top, left] = [before('height'), before('width')];
  return {
    top,
    bottom: surplus(geometry, 'height') - top,
    left,
    right: surplus(geometry, 'width') - left,
  };
}

function readPadding(operator: OperatorReader, mode: number, geometry: Geometry): Padding {
  if (mode === PADDING.same || mode === PADDING.valid) return paddingFor(geometry, mode === PADDING.same);
  operator.report('tflite.unsupported-option', `padding mode ${mode}; SAME and VALID are supported`);
  return NO_PADDING;
}

function expectOutputShape(operator: OperatorReader, output: Tensor): void {
  const wanted = operator.integers(0);
  if (wanted.join() !== output.shape.join())
    operator.report(
      'tflite.bad-shape',
      `asks for [${wanted.join(',')}], the output is [${output.shape.join(',')}]`,
    );
}

/** Operands: the output's shape (a constant), weights, input, and perhaps a bias. */
export const transposeConv2d: OperatorFormat<TransposeConv2d> = {
  builtins: [BUILTIN.transposeConv],
  builtin: () => BUILTIN.transposeConv,

  /** 2 brought int8, 3 the bias, 4 the fused activation. */
  version(op) {
    if (op.activation !== 'none') return 4;
    return op.bias === undefined ? 2 : 3;
  },

  read(operator) {
    operator.expectOperands(3, 4);
    const weights = operator.weights(1, 4, CHANNEL_AXIS);
    const input = operator.asMap(operator.input(2));
    const output = operator.asMap(operator.output());
    const bias = operator.bias(3, output.shape[3] ?? 0);
    expectOutputShape(operator, output);
    const options = operator.requiredOptions(OPTIONS.transposeConv);
    const fields = TRANSPOSE_CONV_OPTIONS;
    const [rows, columns] = [options.i32(fields.strideHeight), options.i32(fields.strideWidth)];
    const stride = readExtent(operator, 'stride', rows, columns);
    const geometry = {
      input: extentOf(input.shape),
      output: extentOf(output.shape),
      kernel: extentOf(weights.shape),
      stride,
    };
    return {
      kind: 'transposeConv2d',
      name: output.name,
      input: input.id,
      weights: weights.id,
      ...(bias !== undefined && { bias }),
      output: output.id,
      stride,
      padding: readPadding(operator, options.i8(fields.padding), geometry),
      activation: operator.fusedActivation(options, fields.activation),
    };
  },

  write(op, writer) {
    const [input, weights, output] = [op.input, op.weights, op.output].map(
      (id) => tensorOf(writer.graph, id).shape,
    ) as [readonly number[], readonly number[], readonly number[]];
    const geometry = {
      input: extentOf(input),
      output: extentOf(output),
      kernel: extentOf(weights),
      stride: op.stride,
    };
    const before = ({ top, left }: Padding): string => `${top},${left}`;
    const mode = [PADDING.valid, PADDING.same].find(
      (each) => before(paddingFor(geometry, each === PADDING.same)) === before(op.padding),
    );
    const options = table({
      [TRANSPOSE_CONV_OPTIONS.padding]: i8(
        mode ?? writer.refuse(`padding ${before(op.padding)} is neither SAME nor VALID`),
      ),
      [TRANSPOSE_CONV_OPTIONS.strideWidth]: i32(op.stride.width),
      [TRANSPOSE_CONV_OPTIONS.strideHeight]: i32(op.stride.height),
      [TRANSPOSE_CONV_OPTIONS.activation]: i8(ACTIVATION_CODES[op.activation]),
    });
    const shape = writer.integers(`${op.name}.shape`, [4], output);
    const bias = op.bias === undefined ? [] : [op.bias];
    return { inputs: [shape, op.weights, op.input, ...bias], optionsType: OPTIONS.transposeConv, options };
  },
};
