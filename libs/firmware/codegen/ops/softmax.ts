import { perTensor, type Softmax, tensorOf } from '#libs/model/ir';
import { softmaxConstants } from '#libs/model/quant';
import { elementsOf, shapeOf } from '#libs/firmware/planner';
import { call, type Emitter } from './emitter';
import { int8Fault } from './types';

const OUTPUT = { scale: 1 / 256, zeroPoint: -128 };

export const softmax: Emitter<Softmax> = {
  refuse: (op, graph) => {
    const { scale, zeroPoint } = perTensor(tensorOf(graph, op.output));
    const suits = scale === OUTPUT.scale && zeroPoint === OUTPUT.zeroPoint;
    return int8Fault(graph, [op.input, op.output]) ?? (suits ? undefined : 'has a scale other than 1/256');
  },
  emit: (op, scope) => {
    const { multiplier, shift, smallestDifference } = softmaxConstants(scope.graph, op);
    const value = `{${multiplier}, ${shift}, ${smallestDifference}}`;
    const constants = scope.declarations.share('fl_softmax', 'softmax', { value });
    const classes = shapeOf(scope.graph, op.input).at(-1) ?? 1;
    const rows = elementsOf(scope.graph, op.input) / classes;
    return [
      call(
        'fl_softmax_s8',
        [`&${constants}`, String(rows), String(classes)],
        [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8')],
      ),
    ];
  },
};
