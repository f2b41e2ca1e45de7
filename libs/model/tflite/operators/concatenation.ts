import { type Concatenation } from '#libs/model/ir';
import { i32, table } from '../flatbuffer/flatbuffer-nodes';
import { VECTOR_LIMITS } from '../limits';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { CONCATENATION_OPTIONS } from '../schema/fields';
import { readAxis } from './axes';
import type { OperatorFormat } from './operator-format';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

/** TensorFlow Lite Micro copies the bytes of all operands, so these must mean the same. */
export const concatenation: OperatorFormat<Concatenation> = {
  builtins: [BUILTIN.concatenation],
  builtin: () => BUILTIN.concatenation,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(1, VECTOR_LIMITS.operands);
    const options = operator.requiredOptions(OPTIONS.concatenation);
    const operands = Array.from({ length: operator.operandCount }, (_, i) => operator.operand(i));
    const output = operator.output();
    for (const operand of operands) operator.expectSameQuantization(operand, output, 0);
    if (operands.every((tensor) => tensor.data !== undefined))
      operator.report('tflite.unsupported-option', 'has only constant operands; let the converter fold it');
    if (operator.fusedActivation(options, CONCATENATION_OPTIONS.activation) !== 'none')
      operator.report('tflite.unsupported-option', 'has a fused activation; none is supported');
    const axis = readAxis(operator, options.i32(CONCATENATION_OPTIONS.axis), output.shape.length);
    return {
      kind: 'concatenation',
      name: output.name,
      inputs: operands.map((tensor) => tensor.id),
      output: output.id,
      axis,
    };
  },

  write(op) {
    const options = table({ [CONCATENATION_OPTIONS.axis]: i32(op.axis) });
    return { inputs: op.inputs, optionsType: OPTIONS.concatenation, options };
  },
};
