import type { AveragePool2d, MaxPool2d } from '#libs/model/ir';
import type { Scope } from '../model/scope';
import { bandOf, rowUnder } from './bands';
import { call, type Emitter } from './emitter';
import { int8Fault, scaleFault } from './types';
import { rangeOf, windowOf } from './windows';

type Pool = AveragePool2d | MaxPool2d;

const refuse: Emitter<Pool>['refuse'] = (op, graph) =>
  int8Fault(graph, [op.input, op.output]) ?? scaleFault(graph, op.input, op.output);

const poolCall = (kernel: string, op: Pool, scope: Scope): readonly string[] => [
  bandOf(scope, op, rowUnder(op.window.stride.height, op.window.padding.top)),
  call(kernel, [windowOf(scope, op), rangeOf(scope, op), '&band']),
];

/** All rows of the input go into one of the output: calls count rows of the input. */
const addsUp = (op: Pool, scope: Scope): boolean =>
  scope.rowCalls !== undefined && scope.rowCalls > scope.extent(op.output, 1);

const averageKernel = (scope: Scope, of: 'rows' | 'pool2d'): string =>
  `fl_average_${of}_${scope.places.usesMve ? 'mve' : 's8'}`;

export const averagePool2d: Emitter<AveragePool2d> = {
  refuse,
  emit: (op, scope) =>
    addsUp(op, scope)
      ? [
          bandOf(scope, op),
          call(averageKernel(scope, 'rows'), [
            windowOf(scope, op),
            rangeOf(scope, op),
            '&band',
            scope.scratch('s32'),
          ]),
        ]
      : poolCall(averageKernel(scope, 'pool2d'), op, scope),
};

export const maxPool2d: Emitter<MaxPool2d> = {
  refuse,
  emit: (op, scope) => poolCall('fl_max_pool2d_s8', op, scope),
};
