/** Layers whose parameters are packed for the kernels of fl_dsp_kernels.h. */
import { type Add, type Conv2d, type DepthwiseConv2d, type FullyConnected, layersOf } from '#libs/model/ir';
import { type AffineSum, affineSum } from '#libs/model/quant';
import { elementsOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { type DspFilter, dspFilter, offsetOf } from '../parameters';
import { bandOf, rowUnder } from './bands';
import { call } from './emitter';
import { isBroadcast } from './operands';
import { windowOf } from './windows';

/** Undefined: the plain kernel does it. */
const filterIn = (scope: Scope, op: Conv2d | DepthwiseConv2d | FullyConnected): DspFilter | undefined =>
  scope.places.usesDsp ? dspFilter(scope.graph, op) : undefined;

/** `const fl_dsp_filter filter = ...` */
function filterText(scope: Scope, op: Conv2d | DepthwiseConv2d | FullyConnected, isExact: boolean): string {
  const place = scope.places.layer(layersOf(scope.graph).indexOf(op));
  const packed = `fl_const_s32(parameters, ${offsetOf(place, 'packed')})`;
  return `const fl_dsp_filter filter = {.weights = ${packed}, .is_exact = ${isExact ? 1 : 0}};`;
}

const FUNCTIONS = {
  pointwise: 'fl_pointwise_conv2d_dsp',
  general: 'fl_conv2d_dsp',
  depthwise: 'fl_depthwise_conv2d_dsp',
} as const;

/** Statements of a convolution. */
export function dspConvolution(scope: Scope, op: Conv2d | DepthwiseConv2d): readonly string[] | undefined {
  const filter = filterIn(scope, op);
  if (!filter) return undefined;
  const zero = filter.kernel === 'pointwise' ? [] : [String(scope.zeroPoint(op.input))];
  return [
    filterText(scope, op, filter.isExact),
    bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
    call(
      FUNCTIONS[filter.kernel],
      [windowOf(scope, op), '&filter', ...zero, '&band'],
      [scope.scratch('s16')],
    ),
  ];
}

export function dspFullyConnected(scope: Scope, op: FullyConnected): readonly string[] | undefined {
  const filter = filterIn(scope, op);
  if (!filter) return undefined;
  const [outputs, depth] = [scope.extent(op.weights, 0), scope.extent(op.weights, 1)];
  const rows = elementsOf(scope.graph, op.output) / outputs;
  return [
    filterText(scope, op, filter.isExact),
    call(
      'fl_fully_connected_dsp',
      [String(rows), String(depth), String(outputs), '&filter'],
      [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8'), scope.scratch('s16')],
    ),
  ];
}

function sumOf(scope: Scope, op: Add): AffineSum | undefined {
  const isPlain = op.mask === undefined && !isBroadcast(scope.graph, op);
  return scope.places.usesDsp && isPlain ? affineSum(scope.graph, op) : undefined;
}

export function dspAdd(scope: Scope, op: Add): readonly string[] | undefined {
  const sum = sumOf(scope, op);
  if (!sum) return undefined;
  const value = `{${sum.first}, ${sum.second}, ${sum.addend}, ${sum.shift}}`;
  const constants = scope.declarations.share('fl_dsp_sum', 'sum', { value });
  const operands = [...op.inputs, op.output].map((id) => scope.run(id));
  const count = String(scope.runLength(op.output));
  return [call('fl_add_dsp', [`&${constants}`, count], operands)];
}
