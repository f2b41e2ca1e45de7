import type { Head } from '#libs/model/ir';
import { offsetOf } from '../parameters/layout';
import { call, type Emitter } from './emitter';

export const head: Emitter<Head> = {
  emit: (op, scope) => {
    const place = scope.places.layer(op.layer);
    const fields = [
      `.weights = ${scope.pointer(op.weights, 's16')}`,
      `.bias = ${scope.pointer(op.bias, 's32')}`,
      `.multiplier = fl_const_s32(parameters, ${offsetOf(place, 'headMultiplier')})`,
      `.shift = fl_const_s8(parameters, ${offsetOf(place, 'headShift')})`,
    ];
    const [classes, features] = [0, 1].map((axis) => String(scope.extent(op.weights, axis)));
    return [
      `const fl_head head = {${fields.join(',\n                    ')}};`,
      call(
        'fl_head_s16',
        [classes ?? '', features ?? '', '&head', String(scope.zeroPoint(op.input))],
        [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's32')],
      ),
    ];
  },
};
