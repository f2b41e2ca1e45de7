import type { DepthwiseConv2d } from '#libs/model/ir';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { rangeOf, windowOf } from './windows';

export const depthwiseConv2d: Emitter<DepthwiseConv2d> = {
  refuse: filterFault,
  emit: (op, scope) => [
    filterOf(scope, op),
    call(
      'fl_depthwise_conv2d_s8',
      [windowOf(scope, op, scope.name), '&filter', rangeOf(scope, op)],
      [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8')],
      [scope.mask(op.mask), scope.scratch('s16')],
    ),
  ],
};
