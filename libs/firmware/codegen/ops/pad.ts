import type { Pad } from '#libs/model/ir';
import type { Emitter } from './emitter';

export const pad: Emitter<Pad> = {
  refuse: () => 'is not folded into its consumer (run the inference passes)',
  emit: () => [],
};
