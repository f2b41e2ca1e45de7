import type { WeightUpdate } from '#libs/model/ir';
import { type ConvolutionKernel, convolutionKernel, layerOf } from '#libs/firmware/planner';
import { call, type Emitter } from './emitter';
import { backwardFault } from './filters';
import { backwardWindow } from './input-gradient';

const KERNELS: Record<ConvolutionKernel, string> = {
  pointwise: 'fl_pointwise_weight_update',
  depthwise: 'fl_depthwise_weight_update',
  general: 'fl_conv2d_weight_update',
};

export const weightUpdate: Emitter<WeightUpdate> = {
  refuse: backwardFault,
  emit: (op, scope) => {
    const kernel = convolutionKernel(layerOf(op, scope.graph), scope.graph);
    const isPointwise = kernel === 'pointwise';
    return [
      `const fl_training training = ${scope.training(op.layer)};`,
      `const fl_gradient h = ${scope.gradient(op.gradient)};`,
      call(
        KERNELS[kernel],
        [...backwardWindow(scope, op), '&h', scope.pointer(op.input, 's8')],
        [...(isPointwise ? [String(scope.extent(op.input, 3))] : []), String(scope.zeroPoint(op.input))],
        [
          '&training',
          'step',
          scope.pointer(op.weights, 's8'),
          ...(isPointwise ? [scope.scratch('s16')] : []),
        ],
      ),
    ];
  },
};
