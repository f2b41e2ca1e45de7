import { type AveragePool2d, perTensor, tensorOf } from '#libs/model/ir';
import { call, type Emitter } from './emitter';
import { rangeOf, windowOf } from './windows';

export const averagePool2d: Emitter<AveragePool2d> = {
  refuse: (op, graph) => {
    const input = tensorOf(graph, op.input);
    const output = tensorOf(graph, op.output);
    if (input.type !== 'int8' || output.type !== 'int8') return `pools ${input.type}, the kernel takes int8`;
    const [from, to] = [perTensor(input), perTensor(output)];
    return from.scale === to.scale && from.zeroPoint === to.zeroPoint
      ? undefined
      : 'changes scale or zero point';
  },
  emit: (op, scope) => [
    call(
      'fl_average_pool2d_s8',
      [windowOf(scope, op, scope.name), rangeOf(scope, op)],
      [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8')],
    ),
  ],
};
