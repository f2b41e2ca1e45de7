import { type FullyConnected, tensorOf } from '#libs/model/ir';
import { flag, i8, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { ACTIVATION_CODES, OPTIONS } from '../schema/enums';
import { FULLY_CONNECTED_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';

/** Without the option `keep_num_dims` the interpreter makes the output [rows, outputs], whatever the input's rank. */
const RANK_OF_ROWS = 2;

export const fullyConnected: OperatorFormat<FullyConnected> = {
  builtins: [BUILTIN.fullyConnected],
  builtin: () => BUILTIN.fullyConnected,

  /** 4 brought int8, 5 `keep_num_dims`, 6 the missing bias. */
  version(op, graph) {
    if (op.bias === undefined) return 6;
    return tensorOf(graph, op.output).shape.length === RANK_OF_ROWS ? 4 : 5;
  },

  read(operator) {
    operator.expectOperands(2, 3);
    const options = operator.options(OPTIONS.fullyConnected);
    const format = options?.i8(FULLY_CONNECTED_OPTIONS.weightsFormat) ?? 0;
    if (format !== 0)
      operator.report(
        'tflite.unsupported-option',
        `weights format ${format}; only the default one is supported`,
      );
    const output = operator.output();
    const weights = operator.weights(1, 2, 0);
    const bias = operator.bias(2, weights.shape[0] ?? 0);
    return {
      kind: 'fullyConnected',
      name: output.name,
      input: operator.operand(0).id,
      weights: weights.id,
      ...(bias !== undefined && { bias }),
      output: output.id,
      activation: operator.fusedActivation(options, FULLY_CONNECTED_OPTIONS.activation),
    };
  },

  write(op, writer) {
    const input = tensorOf(writer.graph, op.input).shape;
    const output = tensorOf(writer.graph, op.output).shape;
    const keeps = output.length !== RANK_OF_ROWS;
    if (keeps && output.slice(0, -1).join() !== input.slice(0, -1).join()) {
      writer.refuse(
        `turns shape [${input.join(',')}] into [${output.join(',')}]; put a RESHAPE operator behind it`,
      );
    }
    const options = table({
      [FULLY_CONNECTED_OPTIONS.activation]: i8(ACTIVATION_CODES[op.activation]),
      [FULLY_CONNECTED_OPTIONS.keepDimensions]: flag(keeps),
    });
    const bias = op.bias === undefined ? [] : [op.bias];
    return { inputs: [op.input, op.weights, ...bias], optionsType: OPTIONS.fullyConnected, options };
  },
};
