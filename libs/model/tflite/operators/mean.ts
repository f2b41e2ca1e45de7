import { type Mean, tensorOf } from '#libs/model/ir';
import { flag, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { REDUCER_OPTIONS } from '../schema/fields';
import { readAxis } from './axes';
import type { OperatorFormat } from './operator-format';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

const reduced = (shape: readonly number[], axes: readonly number[], keeps: boolean): readonly number[] =>
  shape.flatMap((extent, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [extent]));

/** The second operand is a constant of dimensions. Whether they are kept with extent 1 shows in the output's shape. */
export const mean: OperatorFormat<Mean> = {
  builtins: [BUILTIN.mean],
  builtin: () => BUILTIN.mean,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(2, 2);
    const input = operator.input();
    const output = operator.output();
    const { shape } = input;
    const keeps = operator.options(OPTIONS.reducer)?.flag(REDUCER_OPTIONS.keepDimensions) ?? false;
    const named = operator.integers(1).map((axis) => readAxis(operator, axis, shape.length));
    const axes = [...new Set(named)].toSorted((a, b) => a - b);
    if (axes.length === 0) operator.report('tflite.unsupported-option', 'takes the mean over no dimension');
    const wanted = reduced(shape, axes, keeps);
    if (wanted.join() !== output.shape.join())
      operator.report(
        'tflite.bad-shape',
        `has shape [${output.shape.join(',')}], the mean gives [${wanted.join(',')}]`,
        output,
      );
    return { kind: 'mean', name: output.name, input: input.id, output: output.id, axes };
  },

  write(op, writer) {
    const input = tensorOf(writer.graph, op.input).shape;
    const output = tensorOf(writer.graph, op.output).shape;
    const keeps = output.length === input.length;
    if (reduced(input, op.axes, keeps).join() !== output.join())
      writer.refuse(
        `turns shape [${input.join(',')}] into [${output.join(',')}]; put a RESHAPE operator behind it`,
      );
    const axes = writer.integers(`${op.name}.axes`, [op.axes.length], op.axes);
    const options = table({ [REDUCER_OPTIONS.keepDimensions]: flag(keeps) });
    return { inputs: [op.input, axes], optionsType: OPTIONS.reducer, options };
  },
};
