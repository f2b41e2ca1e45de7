import type { HeadUpdate } from '#libs/model/ir';
import { call, type Emitter } from './emitter';

export const headUpdate: Emitter<HeadUpdate> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    call(
      'fl_head_update',
      [
        String(scope.extent(op.weights, 0)),
        String(scope.extent(op.weights, 1)),
        scope.pointer(op.error, 's32'),
      ],
      [scope.pointer(op.input, 's8'), String(scope.zeroPoint(op.input)), '&training', 'step'],
      [scope.pointer(op.weights, 's16'), scope.pointer(op.bias, 's32')],
    ),
  ],
};
