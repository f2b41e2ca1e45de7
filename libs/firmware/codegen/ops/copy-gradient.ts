import type { CopyGradient } from '#libs/model/ir';
import type { Emitter } from './emitter';

export const copyGradient: Emitter<CopyGradient> = {
  emit: (op, scope) => [
    `const fl_gradient g = ${scope.gradient(op.input)};`,
    `const fl_gradient kept = ${scope.gradient(op.output)};`,
    'fl_copy_gradient(&g, &kept);',
  ],
};
