/** RESHAPE, SQUEEZE and EXPAND_DIMS: the bytes stay, only the shape is another. */
import { elementCount, type Reshape, type Tensor, tensorOf } from '#libs/model/ir';
import { i32Vector, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { RESHAPE_OPTIONS } from '../schema/fields';
import { readAxis } from './axes';
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

/** Only dimensions of extent 1 may come or go. */
function expectOnlyOnes(operator: OperatorReader, input: Tensor, output: Tensor): void {
  const [before, after] = [input, output].map(({ shape }) => shape.filter((extent) => extent !== 1).join());
  if (before !== after)
    operator.refuse(
      'tflite.bad-shape',
      `turns [${input.shape.join(',')}] into [${output.shape.join(',')}]; only dimensions of extent 1 may change`,
    );
}

/** By builtin: reads what the file says about the new shape, which must agree with the output's. */
const READERS: ReadonlyMap<number, (operator: OperatorReader, input: Tensor, output: Tensor) => void> =
  new Map([
    [
      BUILTIN.reshape,
      (operator, _, output) => {
        operator.expectOperands(1, 2);
        operator.options(OPTIONS.reshape);
        if (operator.has(1)) expectShape(operator, output);
      },
    ],
    [
      BUILTIN.squeeze,
      (operator, input, output) => {
        operator.expectOperands(1, 1);
        operator.options(OPTIONS.squeeze);
        expectOnlyOnes(operator, input, output);
      },
    ],
    [
      BUILTIN.expandDims,
      (operator, input, output) => {
        operator.expectOperands(2, 2);
        operator.options(OPTIONS.expandDims);
        const [axis = 0] = operator.integers(1);
        const wanted = [...input.shape];
        wanted.splice(readAxis(operator, axis, input.shape.length + 1), 0, 1);
        if (wanted.join() !== output.shape.join())
          operator.refuse(
            'tflite.bad-shape',
            `asks for [${wanted.join(',')}], the output is [${output.shape.join(',')}]`,
          );
      },
    ],
  ]);

/** Written as RESHAPE with the shape in the options only, so that it needs no tensor of its own. */
export const reshape: OperatorFormat<Reshape> = {
  builtins: [...READERS.keys()],
  builtin: () => BUILTIN.reshape,
  version: () => 1,

  read(operator) {
    const [input, output] = [operator.input(), operator.output()];
    READERS.get(operator.builtin)?.(operator, input, output);
    return { kind: 'reshape', name: output.name, input: input.id, output: output.id };
  },

  write(op, { graph }) {
    const options = table({ [RESHAPE_OPTIONS.newShape]: i32Vector(tensorOf(graph, op.output).shape) });
    return { inputs: [op.input], optionsType: OPTIONS.reshape, options };
  },
};
