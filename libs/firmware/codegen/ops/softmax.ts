import type { Softmax } from '#libs/model/ir';
import type { Emitter } from './emitter';

export const softmax: Emitter<Softmax> = {
  refuse: () => 'has no kernel; end the graph at its logits',
  emit: () => [],
};
