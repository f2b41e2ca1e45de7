import type { Conv2d } from '#libs/model/ir';
import { convolutionKernel } from '#libs/firmware/planner';
import { bandOf, rowUnder } from './bands';
import { dspConvolution } from './dsp';
import { call, type Emitter } from './emitter';
import { filterFault, filterOf } from './filters';
import { mveConvolution } from './mve';
import { splitConvolution } from './split-conv2d';
import { rangeOf, windowOf } from './windows';

export const conv2d: Emitter<Conv2d> = {
  refuse: filterFault,
  emit: (op, scope) => {
    const fast = splitConvolution(scope, op) ?? dspConvolution(scope, op) ?? mveConvolution(scope, op);
    if (fast) return fast;
    const kernel =
      convolutionKernel(op, scope.graph) === 'pointwise' ? 'fl_pointwise_conv2d_s8' : 'fl_conv2d_s8';
    return [
      filterOf(scope, op),
      bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
      call(
        kernel,
        [windowOf(scope, op), '&filter', rangeOf(scope, op), '&band'],
        [scope.mask(op.mask), scope.scratch('s16')],
      ),
    ];
  },
};
