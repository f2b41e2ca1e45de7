import { type DepthwiseConv2d } from '#libs/model/ir';
import { i32, table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { DEPTHWISE_CONV_2D_OPTIONS } from '../schema/fields';
import {
  CONVOLUTION_VERSION,
  convolutionInputs,
  type ConvolutionLayout,
  convolutionOptions,
  readConvolution,
} from './convolution';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';

const LAYOUT: ConvolutionLayout = {
  optionsType: OPTIONS.depthwiseConv2d,
  fields: DEPTHWISE_CONV_2D_OPTIONS,
  channelAxis: 3,
};

/**
 * Output channels for each input channel, from the shapes. The option of that name is redundant and may be left 0,
 * but TensorFlow Lite Micro obeys it, so it must not say otherwise.
 */
function readMultiplier(operator: OperatorReader): number {
  const [one, , , channels = 0] = operator.weights(1, 4, LAYOUT.channelAxis).shape;
  const multiplier = channels / (operator.input().shape[3] ?? 0);
  if (one !== 1 || !Number.isInteger(multiplier)) {
    return operator.refuse(
      'tflite.bad-shape',
      `weights for ${channels} channels do not suit the input; [1,height,width,channels] is needed`,
    );
  }
  const stated = operator.requiredOptions(LAYOUT.optionsType).i32(DEPTHWISE_CONV_2D_OPTIONS.depthMultiplier);
  if (stated === 0 || stated === multiplier) return multiplier;
  return operator.refuse(
    'tflite.bad-shape',
    `states depth multiplier ${stated}, the shapes give ${multiplier}`,
  );
}

export const depthwiseConv2d: OperatorFormat<DepthwiseConv2d> = {
  builtins: [BUILTIN.depthwiseConv2d],
  builtin: () => BUILTIN.depthwiseConv2d,
  version: () => CONVOLUTION_VERSION,

  read(operator) {
    return {
      kind: 'depthwiseConv2d',
      ...readConvolution(operator, LAYOUT),
      multiplier: readMultiplier(operator),
    };
  },

  write(op, writer) {
    const shared = convolutionOptions(op, writer, LAYOUT.fields);
    const options = table({ ...shared, [DEPTHWISE_CONV_2D_OPTIONS.depthMultiplier]: i32(op.multiplier) });
    return { inputs: convolutionInputs(op), optionsType: LAYOUT.optionsType, options };
  },
};
