import type { ScaleGradient } from '#libs/model/ir';
import type { Emitter } from './emitter';

export const scaleGradient: Emitter<ScaleGradient> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    `const fl_gradient g = ${scope.gradient(op.input)};`,
    `if (!fl_scale_gradient(&g, &training, ${scope.mask(op.mask)})) return; /* the gradient died: nothing more to learn */`,
  ],
};
