import type { ScaleGradient } from '#libs/model/ir';
import type { Scope } from '../model/scope';
import type { Emitter } from './emitter';
import { endsStep } from './gradients';

const mayLeave = (op: ScaleGradient, scope: Scope): boolean =>
  op.exponents === 'shared' && endsStep(op, scope.graph);

const shared = (op: ScaleGradient, scope: Scope): string =>
  `${mayLeave(op, scope) ? 'const int32_t is_alive = ' : '(void)'}fl_scale_gradient(&g, &training, ${scope.mask(op.mask)});`;

const own = (op: ScaleGradient, scope: Scope): string =>
  `fl_scale_own_gradient(${scope.channels(op.input)}, &g, &training, ${scope.mask(op.mask)});`;

export const scaleGradient: Emitter<ScaleGradient> = {
  emit: (op, scope) => [
    `const fl_training training = ${scope.training(op.layer)};`,
    `const fl_gradient g = ${scope.gradient(op.input)};`,
    op.exponents === 'shared' ? shared(op, scope) : own(op, scope),
  ],
  leave: (op, scope) =>
    mayLeave(op, scope) ? ['if (!is_alive) return; /* the gradient died: nothing more to learn */'] : [],
};
