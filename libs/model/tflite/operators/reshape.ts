import { elementCount, type Reshape, type Tensor, tensorOf } from '#libs/model/ir';
import { i32Vector, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { RESHAPE_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';

/**
 * The shape stands three times in a file: as the output's, as a second operand (there -1 means "what is left") and
 * in the options. The output's counts; an operand that says otherwise would make an interpreter disagree.
 */
function expectShape(operator: OperatorReader, output: Tensor): void {
  const wanted = operator.integers(1);
  const known = elementCount(wanted.filter((extent) => extent !== -1));
  const shape = wanted.map((extent) => (extent === -1 ? elementCount(output.shape) / known : extent));
  if (shape.join() !== output.shape.join()) {
    operator.refuse(
      'tflite.bad-shape',
      `asks for [${wanted.join(',')}], the output is [${output.shape.join(',')}]`,
    );
  }
}

/** Written with the shape in the options only, so that it needs no tensor of its own. */
export const reshape: OperatorFormat<Reshape> = {
  builtin: BUILTIN.reshape,
  version: () => 1,

  read(operator) {
    operator.expectOperands(1, 2);
    operator.options(OPTIONS.reshape);
    const [input, output] = [operator.input(), operator.output()];
    operator.expectSameQuantization(input, output);
    if (operator.has(1)) expectShape(operator, output);
    return { kind: 'reshape', name: output.name, input: input.id, output: output.id };
  },

  write(op, { graph }) {
    const options = table({ [RESHAPE_OPTIONS.newShape]: i32Vector(tensorOf(graph, op.output).shape) });
    return { inputs: [op.input], optionsType: OPTIONS.reshape, options };
  },
};
