import { type Pad, type Tensor } from '#libs/model/ir';
import { table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

/** A greater border serves no model, and would let a file make padding without bound. */
const LARGEST_BORDER = 1024;

/** What is put around is the output's zero point, in the graph and in TensorFlow Lite Micro: real zeros only if the input's is the same. */
function expectZeros(operator: OperatorReader, input: Tensor, output: Tensor): void {
  const zeroPoint = output.quantization?.zeroPoints[0] ?? 0;
  if (input.quantization?.zeroPoints[0] !== zeroPoint)
    operator.report(
      'tflite.bad-quantization',
      'has another zero point than the input, but the operator does not rescale; put a QUANTIZE between',
      output,
    );
  if (operator.builtin !== BUILTIN.padV2 || !operator.has(2)) return;
  const filler = operator.constantElement(2);
  if (filler !== zeroPoint)
    operator.report(
      'tflite.unsupported-option',
      `fills up with ${filler}; only the zero point ${zeroPoint} is supported`,
    );
}

/** The second operand is a constant [rank, 2]: elements before and after each dimension. */
export const pad: OperatorFormat<Pad> = {
  builtins: [BUILTIN.pad, BUILTIN.padV2],
  builtin: () => BUILTIN.pad,
  version: () => INT8_VERSION,

  read(operator) {
    const isWithFiller = operator.builtin === BUILTIN.padV2;
    operator.expectOperands(2, isWithFiller ? 3 : 2);
    operator.options(isWithFiller ? OPTIONS.padV2 : OPTIONS.pad);
    const [input, output] = [operator.input(), operator.output()];
    expectZeros(operator, input, output);
    const borders = operator.integers(1);
    const count = 2 * input.shape.length;
    if (borders.length !== count || borders.some((border) => border < 0 || border > LARGEST_BORDER)) {
      operator.refuse(
        'tflite.bad-shape',
        `paddings [${borders.join(',')}]; ${count} numbers of 0 to ${LARGEST_BORDER} are needed`,
      );
    }
    const before = borders.filter((_, i) => i % 2 === 0);
    const after = borders.filter((_, i) => i % 2 === 1);
    return { kind: 'pad', name: output.name, input: input.id, output: output.id, before, after };
  },

  write(op, writer) {
    const borders = op.before.flatMap((border, axis) => [border, op.after[axis] ?? 0]);
    const number = writer.integers(`${op.name}.paddings`, [op.before.length, 2], borders);
    return { inputs: [op.input, number], optionsType: OPTIONS.pad, options: table({}) };
  },
};
