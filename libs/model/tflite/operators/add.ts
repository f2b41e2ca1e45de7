import { type Add } from '#libs/model/ir';
import { i8, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { ACTIVATION_CODES, OPTIONS } from '../schema/enums';
import { ADD_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

export const add: OperatorFormat<Add> = {
  builtin: BUILTIN.add,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(2, 2);
    const [left, right] = [operator.input(0), operator.input(1)];
    const shapes = [left, right].map((tensor) => tensor.shape.join(','));
    if (shapes[0] !== shapes[1]) {
      operator.refuse(
        'tflite.unsupported-option',
        `adds shapes [${shapes.join('] and [')}]; broadcasting is not supported`,
      );
    }
    const activation = operator.fusedActivation(operator.options(OPTIONS.add), ADD_OPTIONS.activation);
    return {
      kind: 'add',
      name: operator.name,
      inputs: [left.id, right.id],
      output: operator.output().id,
      activation,
    };
  },

  write(op, writer) {
    if (op.mask !== undefined) writer.refuse('writes a clamp mask, which exists only in training graphs');
    const options = table({ [ADD_OPTIONS.activation]: i8(ACTIVATION_CODES[op.activation]) });
    return { inputs: op.inputs, optionsType: OPTIONS.add, options };
  },
};
