import { type ResizeNearest, tensorOf } from '#libs/model/ir';
import { flag, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { RESIZE_NEAREST_NEIGHBOR_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';

/** 2 brought int8, 3 the half pixel centres. */
const INT8_VERSION = 2;
const CENTRES_VERSION = 3;

/** The second operand is a constant with the new height and width, which the output's shape says again. */
export const resizeNearest: OperatorFormat<ResizeNearest> = {
  builtins: [BUILTIN.resizeNearestNeighbor],
  builtin: () => BUILTIN.resizeNearestNeighbor,
  version: (op) => (op.halfPixelCenters ? CENTRES_VERSION : INT8_VERSION),

  read(operator) {
    operator.expectOperands(2, 2);
    const input = operator.asMap(operator.input());
    const output = operator.asMap(operator.output());
    const options = operator.options(OPTIONS.resizeNearestNeighbor);
    const size = operator.integers(1);
    if (size.join() !== output.shape.slice(1, 3).join())
      operator.report(
        'tflite.bad-shape',
        `resizes to [${size.join(',')}], the output is [${output.shape.join(',')}]`,
      );
    return {
      kind: 'resizeNearest',
      name: output.name,
      input: input.id,
      output: output.id,
      alignCorners: options?.flag(RESIZE_NEAREST_NEIGHBOR_OPTIONS.alignCorners) ?? false,
      halfPixelCenters: options?.flag(RESIZE_NEAREST_NEIGHBOR_OPTIONS.halfPixelCenters) ?? false,
    };
  },

  write(op, writer) {
    const size = writer.integers(`${op.name}.size`, [2], tensorOf(writer.graph, op.output).shape.slice(1, 3));
    const options = table({
      [RESIZE_NEAREST_NEIGHBOR_OPTIONS.alignCorners]: flag(op.alignCorners),
      [RESIZE_NEAREST_NEIGHBOR_OPTIONS.halfPixelCenters]: flag(op.halfPixelCenters),
    });
    return { inputs: [op.input, size], optionsType: OPTIONS.resizeNearestNeighbor, options };
  },
};
