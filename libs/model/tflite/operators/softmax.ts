import { type Softmax } from '#libs/model/ir';
import { f32, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { SOFTMAX_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

/** The quantisation that TensorFlow Lite prescribes for an int8 softmax (quantization_spec): 0 to 255/256. */
const SCALE = 1 / 256;
const ZERO_POINT = -128;

export const softmax: OperatorFormat<Softmax> = {
  builtin: BUILTIN.softmax,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(1, 1);
    const output = operator.output();
    const { scales = [], zeroPoints = [] } = output.quantization ?? {};
    if (scales[0] !== SCALE || zeroPoints[0] !== ZERO_POINT) {
      operator.refuse('tflite.bad-quantization', 'a softmax has scale 1/256 and zero point -128', output);
    }
    const beta = operator.requiredOptions(OPTIONS.softmax).f32(SOFTMAX_OPTIONS.beta);
    if (!Number.isFinite(beta) || beta <= 0)
      operator.refuse('tflite.unsupported-option', `beta ${beta}; a positive number is needed`);
    return { kind: 'softmax', name: output.name, input: operator.input().id, output: output.id, beta };
  },

  write(op) {
    return {
      inputs: [op.input],
      optionsType: OPTIONS.softmax,
      options: table({ [SOFTMAX_OPTIONS.beta]: f32(op.beta) }),
    };
  },
};
