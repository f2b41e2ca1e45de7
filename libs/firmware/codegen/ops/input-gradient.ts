import type { InputGradient } from '#libs/model/ir';
import { type ConvolutionKernel, convolutionKernel, layerOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';
import { backwardFault } from './filters';
import { windowOf } from './windows';

const KERNELS: Record<ConvolutionKernel, string> = {
  pointwise: 'fl_pointwise_input_gradient',
  depthwise: 'fl_depthwise_input_gradient',
  general: 'fl_conv2d_input_gradient',
};

/** The window of a backward kernel; pointwise ones need none. */
export function backwardWindow(scope: Scope, op: { readonly layer: number }): readonly string[] {
  const layer = scope.layer(op.layer);
  if (layer.kind !== 'conv2d' && layer.kind !== 'depthwiseConv2d') return [];
  return convolutionKernel(layer, scope.graph) === 'pointwise'
    ? []
    : [windowOf(scope, layer, scope.operatorName(layer))];
}

function rules(op: InputGradient, scope: Scope): readonly string[] {
  const { skip } = op;
  const fields = [
    `.mask = ${scope.mask(op.mask)}`,
    `.skip = ${skip ? '&skip' : 'NULL'}`,
    ...(skip ? [`.skip_mantissa = ${skip.ratioMantissa}`, `.skip_exponent = ${skip.ratioExponent}`] : []),
    '.mantissa_bits = FL_MODEL_MANTISSA_BITS',
  ];
  return [
    ...(skip ? [`const fl_gradient skip = ${scope.gradient(skip.gradient)};`] : []),
    `const fl_gradient_rules rules = {${fields.join(', ')}};`,
  ];
}

export const inputGradient: Emitter<InputGradient> = {
  refuse: backwardFault,
  emit: (op, scope) => [
    `const fl_gradient h = ${scope.gradient(op.gradient)};`,
    `const fl_gradient g = ${scope.gradient(op.output)};`,
    ...rules(op, scope),
    call(
      KERNELS[convolutionKernel(layerOf(op, scope.graph), scope.graph)],
      [...backwardWindow(scope, op), '&h', scope.pointer(op.weights, 's8')],
      ['&rules', '&g', scope.scratch('s32')],
    ),
  ],
};
