/** Layers and operators that the kernels of fl_mve_kernels.h do. */
import { type Add, type Conv2d, type DepthwiseConv2d, type FullyConnected, layersOf } from '#libs/model/ir';
import { affineSum } from '#libs/model/quant';
import { elementsOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { offsetOf } from '../parameters';
import { bandOf, rowUnder } from './bands';
import { call } from './emitter';
import { isBroadcast } from './operands';
import { rangeOf, windowOf } from './windows';

/** `const fl_filter filter = ...`, with the biases for these kernels. */
function filterText(scope: Scope, op: Conv2d | DepthwiseConv2d | FullyConnected): string {
  const place = scope.places.layer(layersOf(scope.graph).indexOf(op));
  const pointer = (type: 's8' | 's32', name: 'weights' | 'bias' | 'multiplier' | 'shift'): string =>
    `.${name} = fl_const_${type}(parameters, ${offsetOf(place, name)})`;
  const fields = [
    pointer('s8', 'weights'),
    pointer('s32', 'bias'),
    pointer('s32', 'multiplier'),
    pointer('s8', 'shift'),
  ];
  return `const fl_filter filter = {${fields.join(',\n                          ')}};`;
}

const FUNCTIONS = {
  pointwise: 'fl_pointwise_conv2d_mve',
  general: 'fl_conv2d_mve',
  depthwise: 'fl_depthwise_conv2d_mve',
} as const;

/** Statements of a convolution. Undefined: the plain kernel does it. */
export function mveConvolution(scope: Scope, op: Conv2d | DepthwiseConv2d): readonly string[] | undefined {
  const kernel = scope.places.mveKernel(op);
  if (kernel === undefined || kernel === 'fullyConnected') return undefined;
  return [
    filterText(scope, op),
    bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
    call(
      FUNCTIONS[kernel],
      [windowOf(scope, op), '&filter', rangeOf(scope, op), '&band'],
      [scope.scratch('s16')],
    ),
  ];
}

export function mveFullyConnected(scope: Scope, op: FullyConnected): readonly string[] | undefined {
  if (scope.places.mveKernel(op) === undefined) return undefined;
  const [outputs, depth] = [scope.extent(op.weights, 0), scope.extent(op.weights, 1)];
  const rows = elementsOf(scope.graph, op.output) / outputs;
  return [
    filterText(scope, op),
    call(
      'fl_fully_connected_mve',
      [String(rows), String(depth), String(outputs), '&filter', rangeOf(scope, op)],
      [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8'), scope.scratch('s16')],
    ),
  ];
}

/** Sums of two tensors of one shape whose scales can be added as they are (libs/model/quant/affine-requantize.ts). */
export function mveAdd(scope: Scope, op: Add): readonly string[] | undefined {
  const isPlain = scope.places.usesMve && op.mask === undefined && !isBroadcast(scope.graph, op);
  const sum = isPlain ? affineSum(scope.graph, op) : undefined;
  if (!sum) return undefined;
  const value = `{${sum.first}, ${sum.second}, ${sum.addend}, ${sum.shift}}`;
  const constants = scope.declarations.share('fl_mve_sum', 'sum', { value });
  const operands = [...op.inputs, op.output].map((id) => scope.run(id));
  return [call('fl_add_mve', [`&${constants}`, String(scope.runLength(op.output))], operands)];
}
