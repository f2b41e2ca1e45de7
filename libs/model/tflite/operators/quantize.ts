/** QUANTIZE and DEQUANTIZE: the float boundary of a model, and QUANTIZE also from one integer quantisation to another. */
import type { Dequantize, Quantize, Unary } from '#libs/model/ir';
import { table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import type { OperatorFormat } from './operator-format';

export const quantize: OperatorFormat<Quantize, Quantize | Unary> = {
  builtins: [BUILTIN.quantize],
  builtin: () => BUILTIN.quantize,
  version: () => 1,

  read(operator) {
    operator.expectOperands(1, 1);
    operator.options(OPTIONS.quantize);
    const input = operator.inputOf(['float32', 'int8', 'uint8']);
    const output = operator.output();
    const ends = { name: output.name, input: input.id, output: output.id };
    return input.type === 'float32'
      ? { kind: 'quantize', ...ends }
      : { kind: 'unary', function: { name: 'requantize' }, ...ends };
  },

  write: (op) => ({ inputs: [op.input], optionsType: OPTIONS.quantize, options: table({}) }),
};

/** Version 2 brought int8. */
const INT8_VERSION = 2;

export const dequantize: OperatorFormat<Dequantize> = {
  builtins: [BUILTIN.dequantize],
  builtin: () => BUILTIN.dequantize,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(1, 1);
    operator.options(OPTIONS.dequantize);
    const input = operator.input();
    const output = operator.output(['float32']);
    return { kind: 'dequantize', name: output.name, input: input.id, output: output.id };
  },

  write: (op) => ({ inputs: [op.input], optionsType: OPTIONS.dequantize, options: table({}) }),
};
