import type { BiasUpdate } from '#libs/model/ir';
import type { Emitter } from './emitter';

export const biasUpdate: Emitter<BiasUpdate> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    `const fl_gradient h = ${scope.gradient(op.gradient)};`,
    `fl_bias_update(&h, &training, step, ${scope.pointer(op.bias, 's32')});`,
  ],
};
