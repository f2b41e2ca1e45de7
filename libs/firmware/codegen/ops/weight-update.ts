import type { WeightUpdate } from '#libs/model/ir';
import { type ConvolutionKernel, convolutionKernel, layerOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';
import { backwardWindow } from './input-gradient';

const KERNELS: Record<ConvolutionKernel, string> = {
  pointwise: 'fl_pointwise_weight_update',
  depthwise: 'fl_depthwise_weight_update',
  general: 'fl_conv2d_weight_update',
};

/** The planes that the update reads: so many channels as it has weights of. */
function savedInput(op: WeightUpdate, scope: Scope): string {
  const fields = [
    `.planes = ${scope.pointer(op.input, 's8')}`,
    `.channels = ${scope.extent(op.weights, 3)}`,
    `.zero = ${scope.zeroPoint(op.input)}`,
  ];
  return `const fl_saved_input saved = {${fields.join(', ')}};`;
}

export const weightUpdate: Emitter<WeightUpdate> = {
  emit: (op, scope) => {
    const layer = scope.layer(op.layer);
    const kernel = convolutionKernel(layerOf(op, scope.graph), scope.graph);
    const isPointwise = kernel === 'pointwise';
    return [
      `const fl_training training = ${scope.training(op.layer)};`,
      `const fl_gradient h = ${scope.gradient(op.gradient)};`,
      savedInput(op, scope),
      call(
        KERNELS[kernel],
        [...backwardWindow(scope, op), scope.channels(op.gradient), '&h', '&saved'],
        isPointwise ? [String(scope.extent(layer.input, 3))] : [],
        [
          '&training',
          'step',
          scope.pointer(op.weights, 's8'),
          ...(isPointwise ? [scope.scratch('mantissas')] : []),
        ],
      ),
    ];
  },
};
