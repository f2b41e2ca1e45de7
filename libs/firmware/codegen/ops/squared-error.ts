import type { SquaredError } from '#libs/model/ir';
import { call, type Emitter } from './emitter';
import { endText, ratioText } from './passing-gradients';

/** A label that is a value is the byte of an int8. */
const LABEL = ['const int8_t target = (int8_t)(uint8_t)label;'] as const;

export const squaredError: Emitter<SquaredError> = {
  emit: (op, scope) => [
    ...(op.target === undefined ? LABEL : []),
    `const fl_gradient to = ${scope.gradient(op.gradient)};`,
    endText(scope, op.mask),
    `const fl_ratio ratio = ${ratioText(op.ratio)};`,
    call(
      'const int32_t loss = fl_squared_error',
      [
        scope.pointer(op.prediction, 's8'),
        op.target === undefined ? '&target' : scope.pointer(op.target, 's8'),
      ],
      ['&ratio', '&end', '&to', scope.scratch('s32')],
    ),
  ],
  leave: () => ['return loss;'],
};
