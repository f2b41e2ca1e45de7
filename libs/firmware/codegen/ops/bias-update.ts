import type { BiasUpdate } from '#libs/model/ir';
import type { Scope } from '../model/scope';
import type { Emitter } from './emitter';
import { viewedBiasUpdate } from './viewed-gradients';

const stored = (op: BiasUpdate, scope: Scope): readonly string[] => [
  `const fl_training training = ${scope.training(op.layer)};`,
  `const fl_gradient h = ${scope.gradient(op.gradient)};`,
  `fl_bias_update(${scope.channels(op.gradient)}, &h, &training, step, ${scope.pointer(op.bias, 's32')});`,
];

export const biasUpdate: Emitter<BiasUpdate> = {
  emit: (op, scope) => (op.view ? viewedBiasUpdate : stored)(op, scope),
};
