import type { TransposeConv2d } from '#libs/model/ir';
import { bandOf } from './bands';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { rangeOf, windowOf } from './windows';

export const transposeConv2d: Emitter<TransposeConv2d> = {
  refuse: filterFault,
  emit: (op, scope) => [
    filterOf(scope, op),
    bandOf(scope, op),
    call('fl_transpose_conv2d_s8', [windowOf(scope, op), '&filter', rangeOf(scope, op), '&band']),
  ],
};
