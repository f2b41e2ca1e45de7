import type { HeadInputGradient } from '#libs/model/ir';
import { elementsOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';
import { closedChannels } from './viewed-gradients';

/** One number a channel, which counts where the mask of the pooled map is open. */
const isPooled = (op: HeadInputGradient, scope: Scope): boolean =>
  closedChannels(scope, op.output, op.mask).length > 0;

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
      [
        '&training',
        'FL_MODEL_MANTISSA_BITS',
        isPooled(op, scope) ? 'NULL' : scope.mask(op.mask),
        '&g',
        scope.scratch('s32'),
      ],
    ),
    ...closedChannels(scope, op.output, op.mask),
  ],
};
