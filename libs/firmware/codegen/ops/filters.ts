import { at } from '#libs/base/result';
import {
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  layersOf,
  type TensorId,
  tensorOf,
  type TransposeConv2d,
} from '#libs/model/ir';
import { requantConstants } from '#libs/model/quant';
import type { Scope } from '../model/scope';
import { offsetOf } from '../parameters/layout';
import { shiftFault } from './types';

type Filtered = Conv2d | DepthwiseConv2d | TransposeConv2d | FullyConnected;

/** Where the weights of the first input channels lie, if not with the others. Fields left out would be cleared by a call. */
function trainedPart(scope: Scope, op: Filtered): readonly string[] {
  if (!('trainedWeights' in op) || op.trainedWeights === undefined)
    return ['.trained = NULL', '.trained_inputs = 0'];
  const channels = tensorOf(scope.graph, op.trainedWeights).shape.at(-1);
  return [`.trained = ${scope.pointer(op.trainedWeights, 's8')}`, `.trained_inputs = ${channels}`];
}

/** `fl_filter filter = ...`: the parameters of a layer, trained copies where there are some. */
export function filterOf(scope: Scope, op: Filtered): string {
  const layer = layersOf(scope.graph).indexOf(op);
  const place = scope.places.layer(layer);
  const trainsBias = op.bias !== undefined && tensorOf(scope.graph, op.bias).role === 'variable';
  const pointer = (id: TensorId, name: 'weights' | 'bias', type: 's8' | 's32'): string =>
    tensorOf(scope.graph, id).role === 'constant'
      ? `fl_const_${type}(parameters, ${offsetOf(place, name)})`
      : scope.pointer(id, type);
  const fields = [
    `.weights = ${pointer(op.weights, 'weights', 's8')}`,
    `.bias = ${op.bias === undefined ? 'NULL' : pointer(op.bias, 'bias', 's32')}`,
    `.frozen = ${trainsBias ? `parameters + ${offsetOf(place, 'frozen')}` : 'NULL'}`,
    `.multiplier = fl_const_s32(parameters, ${offsetOf(place, 'multiplier')})`,
    `.shift = fl_const_s8(parameters, ${offsetOf(place, 'shift')})`,
    ...trainedPart(scope, op),
  ];
  return `const fl_filter filter = {${fields.join(',\n                        ')}};`;
}

/** What the kernels ask of the tensors of a layer. */
export function filterFault(op: Filtered, graph: Graph): string | undefined {
  const types: readonly (readonly [string, string, string])[] = [
    ['input', tensorOf(graph, op.input).type, 'int8'],
    ['weights', tensorOf(graph, op.weights).type, 'int8'],
    ['bias', op.bias === undefined ? 'int32' : tensorOf(graph, op.bias).type, 'int32'],
    ['output', tensorOf(graph, op.output).type, 'int8'],
  ];
  const wrong = types.find(([, is, must]) => is !== must);
  if (wrong) return `${wrong[0]} is ${wrong[1]}, the kernels take ${wrong[2]}`;
  const zeroPoints = tensorOf(graph, op.weights).quantization?.zeroPoints ?? [];
  if (zeroPoints.some((zero) => zero !== 0)) return 'weights have a zero point other than 0';
  if (op.kind !== 'fullyConnected' && at(tensorOf(graph, op.output).shape, 0) !== 1) return 'batch is not 1';
  return shiftFault(requantConstants(graph, op).shifts);
}
