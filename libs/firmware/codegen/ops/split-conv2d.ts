/** Convolutions whose weights are trained in part. */
import type { Conv2d } from '#libs/model/ir';
import { convolutionKernel } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { bandOf, rowUnder } from './bands';
import { call } from './emitter';
import { filterOf } from './filters';
import { rangeOf, windowOf } from './windows';

/** A pointwise layer's map as one row: its pixels are taken in pairs as fl_pointwise_conv2d_s8 takes them. */
function oneRow(scope: Scope, op: Conv2d): { readonly window: string; readonly band: string } {
  const pixels = scope.extent(op.output, 1) * scope.extent(op.output, 2);
  const fields = [
    `.in_height = 1, .in_width = ${pixels}, .in_channels = ${scope.extent(op.input, 3)}`,
    `.out_height = 1, .out_width = ${pixels}, .out_channels = ${scope.extent(op.output, 3)}`,
    '.kernel_height = 1, .kernel_width = 1, .stride_height = 1, .stride_width = 1',
    `.dilation_height = 1, .dilation_width = 1, .together = ${scope.together(op)}`,
  ];
  const value = `{\n    ${fields.join(',\n    ')},\n}`;
  const window = scope.declarations.share('fl_window', 'window', { value });
  const maps = [op.input, op.output].map((id) => `${scope.pointer(id, 's8')}, 1`);
  return { window: `&${window}`, band: `const fl_band band = {${maps.join(', ')}, 0, 1};` };
}

/** Undefined: all weights are in one place. */
export function splitConvolution(scope: Scope, op: Conv2d): readonly string[] | undefined {
  if (op.trainedWeights === undefined) return undefined;
  const isRun = convolutionKernel(op, scope.graph) === 'pointwise' && scope.rowCalls === undefined;
  const { window, band } = isRun
    ? oneRow(scope, op)
    : {
        window: windowOf(scope, op),
        band: bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
      };
  return [
    filterOf(scope, op),
    band,
    call(
      'fl_split_conv2d_s8',
      [window, '&filter', rangeOf(scope, op), '&band'],
      [scope.mask(op.mask), scope.scratch('s16')],
    ),
  ];
}
