import type { ScaleGradient } from '#libs/model/ir';
import type { Scope } from '../model/scope';
import type { Emitter } from './emitter';
import { endsStep } from './gradients';

function shared(op: ScaleGradient, scope: Scope): string {
  const scaled = `fl_scale_gradient(&g, &training, ${scope.mask(op.mask)})`;
  return endsStep(op, scope.graph)
    ? `if (!${scaled}) return; /* the gradient died: nothing more to learn */`
    : `(void)${scaled};`;
}

const own = (op: ScaleGradient, scope: Scope): string =>
  `fl_scale_own_gradient(${scope.channels(op.input)}, &g, &training, ${scope.mask(op.mask)});`;

export const scaleGradient: Emitter<ScaleGradient> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    `const fl_gradient g = ${scope.gradient(op.input)};`,
    op.exponents === 'shared' ? shared(op, scope) : own(op, scope),
  ],
};
