import { type Conv2d } from '#libs/model/ir';
import { table } from '../flatbuffer/flatbuffer-nodes';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { CONV_2D_OPTIONS } from '../schema/fields';
import {
  CONVOLUTION_VERSION,
  convolutionInputs,
  type ConvolutionLayout,
  convolutionOptions,
  readConvolution,
} from './convolution';
import type { OperatorFormat } from './operator-format';

const LAYOUT: ConvolutionLayout = { optionsType: OPTIONS.conv2d, fields: CONV_2D_OPTIONS, channelAxis: 0 };

export const conv2d: OperatorFormat<Conv2d> = {
  builtins: [BUILTIN.conv2d],
  builtin: () => BUILTIN.conv2d,
  version: () => CONVOLUTION_VERSION,

  read(operator) {
    const convolution = readConvolution(operator, LAYOUT);
    const taken = operator.weights(1, 4, LAYOUT.channelAxis).shape[3];
    const given = operator.input().shape[3];
    if (taken !== given) {
      operator.refuse(
        'tflite.unsupported-option',
        `weights take ${taken} of ${given} input channels; grouped convolution is not supported`,
      );
    }
    return { kind: 'conv2d', ...convolution };
  },

  write(op, writer) {
    const options = table(convolutionOptions(op, writer, LAYOUT.fields));
    return { inputs: convolutionInputs(op), optionsType: LAYOUT.optionsType, options };
  },
};
