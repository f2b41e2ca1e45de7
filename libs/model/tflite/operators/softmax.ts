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

/** Differences are scaled to 26 fractional bits by a multiplier above 1 (PreprocessSoftmaxScaling). */
const FIXED_POINT_ONE = 2 ** 26;

export const softmax: OperatorFormat<Softmax> = {
  builtins: [BUILTIN.softmax],
  builtin: () => BUILTIN.softmax,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(1, 1);
    const output = operator.output();
    operator.expectQuantization(
      output,
      SCALE,
      ZERO_POINT,
      'must have scale 1/256 and zero point -128, as the result of a SOFTMAX',
    );
    const input = operator.input();
    const beta = operator.requiredOptions(OPTIONS.softmax).f32(SOFTMAX_OPTIONS.beta);
    if (!Number.isFinite(beta) || beta <= 0)
      operator.report('tflite.unsupported-option', `beta ${beta}; a positive number is needed`);
    else if (beta * (input.quantization?.scales[0] ?? 1) * FIXED_POINT_ONE <= 1)
      operator.report(
        'tflite.bad-quantization',
        'has too fine a scale for the fixed point of a SOFTMAX',
        input,
      );
    return { kind: 'softmax', name: output.name, input: input.id, output: output.id, beta };
  },

  write(op) {
    return {
      inputs: [op.input],
      optionsType: OPTIONS.softmax,
      options: table({ [SOFTMAX_OPTIONS.beta]: f32(op.beta) }),
    };
  },
};
