import type { AveragePool2d, MaxPool2d } from '#libs/model/ir';
import { wholeMaps } from './bands';
import { call, type Emitter } from './emitter';
import { int8Fault, scaleFault } from './types';
import { rangeOf, windowOf } from './windows';

const pool = <O extends AveragePool2d | MaxPool2d>(kernel: string): Emitter<O> => ({
  refuse: (op, graph) => int8Fault(graph, [op.input, op.output]) ?? scaleFault(graph, op.input, op.output),
  emit: (op, scope) => [
    wholeMaps(scope, op),
    call(kernel, [windowOf(scope, op, scope.name), rangeOf(scope, op), '&band']),
  ],
});

export const averagePool2d: Emitter<AveragePool2d> = pool('fl_average_pool2d_s8');
export const maxPool2d: Emitter<MaxPool2d> = pool('fl_max_pool2d_s8');
