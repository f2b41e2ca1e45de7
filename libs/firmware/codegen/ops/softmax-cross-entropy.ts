import type { SoftmaxCrossEntropy } from '#libs/model/ir';
import { elementsOf } from '#libs/firmware/planner';
import { call, type Emitter } from './emitter';

export const softmaxCrossEntropy: Emitter<SoftmaxCrossEntropy> = {
  emit: (op, scope) => [
    call(
      'const int32_t loss = fl_softmax_cross_entropy',
      [String(elementsOf(scope.graph, op.logits)), scope.pointer(op.logits, 's32'), 'label'],
      [scope.pointer(op.error, 's32')],
    ),
  ],
  leave: () => ['return loss;'],
};
