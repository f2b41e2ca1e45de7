import type { HeadInputGradient } from '#libs/model/ir';
import { elementsOf } from '#libs/firmware/planner';
import { call, type Emitter } from './emitter';

export const headInputGradient: Emitter<HeadInputGradient> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    `const fl_gradient g = ${scope.gradient(op.output)};`,
    call(
      'fl_head_input_gradient',
      [
        String(elementsOf(scope.graph, op.error)),
        scope.pointer(op.error, 's32'),
        scope.pointer(op.weights, 's16'),
      ],
      ['&training', 'FL_MODEL_MANTISSA_BITS', scope.mask(op.mask), '&g', scope.scratch('s32')],
    ),
  ],
};
