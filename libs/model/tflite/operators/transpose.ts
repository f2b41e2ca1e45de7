import { type Transpose } from '#libs/model/ir';
import { table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { readAxis } from './axes';
import type { OperatorFormat } from './operator-format';

/** 2 brought int8, 4 the fifth dimension. */
const INT8_VERSION = 2;
const VERSION_OF_5_DIMENSIONS = 4;

/** The second operand is a constant with the permutation. */
export const transpose: OperatorFormat<Transpose> = {
  builtins: [BUILTIN.transpose],
  builtin: () => BUILTIN.transpose,
  version: (op) => (op.permutation.length > 4 ? VERSION_OF_5_DIMENSIONS : INT8_VERSION),

  read(operator) {
    operator.expectOperands(2, 2);
    operator.options(OPTIONS.transpose);
    const [input, output] = [operator.input(), operator.output()];
    const rank = input.shape.length;
    const permutation = operator.integers(1).map((axis) => readAxis(operator, axis, rank));
    if (permutation.length !== rank)
      operator.refuse('tflite.bad-shape', `permutes ${permutation.length} of ${rank} dimensions`);
    return { kind: 'transpose', name: output.name, input: input.id, output: output.id, permutation };
  },

  write(op, writer) {
    const permutation = writer.integers(`${op.name}.permutation`, [op.permutation.length], op.permutation);
    return { inputs: [op.input, permutation], optionsType: OPTIONS.transpose, options: table({}) };
  },
};
