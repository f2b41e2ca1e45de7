import type { DepthwiseConv2d } from '#libs/model/ir';
import { wholeMaps } from './bands';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { rangeOf, windowOf } from './windows';

export const depthwiseConv2d: Emitter<DepthwiseConv2d> = {
  refuse: filterFault,
  emit: (op, scope) => [
    filterOf(scope, op),
    wholeMaps(scope, op),
    call(
      'fl_depthwise_conv2d_s8',
      [windowOf(scope, op, scope.name), '&filter', rangeOf(scope, op), '&band'],
      [scope.mask(op.mask), scope.scratch('s16')],
    ),
  ],
};
