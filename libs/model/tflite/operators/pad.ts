import { type Pad } from '#libs/model/ir';
import { table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import type { OperatorFormat } from './operator-format';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

/** A greater border serves no model, and would let a file make padding without bound. */
const LARGEST_BORDER = 1024;

/** The second operand is a constant [4,2]: elements before and after, for batch, height, width and channels. */
export const pad: OperatorFormat<Pad> = {
  builtin: BUILTIN.pad,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(2, 2);
    const input = operator.asMap(operator.input());
    const output = operator.asMap(operator.output());
    operator.expectSameQuantization(input, output);
    const borders = operator.integers(1);
    const [batchBefore, batchAfter, top = 0, bottom = 0, left = 0, right = 0, channelsBefore, channelsAfter] =
      borders;
    if (borders.length !== 8 || borders.some((border) => border < 0 || border > LARGEST_BORDER)) {
      operator.refuse(
        'tflite.bad-shape',
        `paddings [${borders.join(',')}]; 8 numbers of 0 to ${LARGEST_BORDER} are needed`,
      );
    }
    if ([batchBefore, batchAfter, channelsBefore, channelsAfter].some((border) => border !== 0)) {
      operator.refuse(
        'tflite.unsupported-option',
        `paddings [${borders.join(',')}]; only height and width can be padded`,
      );
    }
    return {
      kind: 'pad',
      name: output.name,
      input: input.id,
      output: output.id,
      padding: { top, bottom, left, right },
    };
  },

  write(op, writer) {
    const { top, bottom, left, right } = op.padding;
    const borders = writer.integers(`${op.name}.paddings`, [4, 2], [0, 0, top, bottom, left, right, 0, 0]);
    return { inputs: [op.input, borders], optionsType: OPTIONS.pad, options: table({}) };
  },
};
