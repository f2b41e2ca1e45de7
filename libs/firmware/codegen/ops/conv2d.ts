import type { Conv2d } from '#libs/model/ir';
import { convolutionKernel } from '#libs/firmware/planner';
import { wholeMaps } from './bands';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { rangeOf, windowOf } from './windows';

export const conv2d: Emitter<Conv2d> = {
  refuse: filterFault,
  emit: (op, scope) => {
    const kernel =
      convolutionKernel(op, scope.graph) === 'pointwise' ? 'fl_pointwise_conv2d_s8' : 'fl_conv2d_s8';
    return [
      filterOf(scope, op),
      wholeMaps(scope, op),
      call(
        kernel,
        [windowOf(scope, op, scope.name), '&filter', rangeOf(scope, op), '&band'],
        [scope.mask(op.mask), scope.scratch('s16')],
      ),
    ];
  },
};
