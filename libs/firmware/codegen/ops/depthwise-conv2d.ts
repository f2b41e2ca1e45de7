import type { DepthwiseConv2d } from '#libs/model/ir';
import { bandOf, rowUnder } from './bands';
import { dspConvolution } from './dsp';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { mveConvolution } from './mve';
import { rangeOf, windowOf } from './windows';

export const depthwiseConv2d: Emitter<DepthwiseConv2d> = {
  refuse: filterFault,
  emit: (op, scope) =>
    dspConvolution(scope, op) ??
    mveConvolution(scope, op) ?? [
      filterOf(scope, op),
      bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
      call(
        'fl_depthwise_conv2d_s8',
        [windowOf(scope, op), '&filter', rangeOf(scope, op), '&band'],
        [scope.mask(op.mask), scope.scratch('s16')],
      ),
    ],
};
