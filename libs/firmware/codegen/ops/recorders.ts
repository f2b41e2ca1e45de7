/** What the forward half writes down for gradients (GRADIENTS.md G3, G7). */
import { invariant } from '#libs/base/result';
import {
  type Add,
  type Mul,
  producerOf,
  type RecordClamp,
  type RecordLookup,
  type RecordMaximum,
  type Sub,
} from '#libs/model/ir';
import { clampBits } from '#libs/model/quant';
import { elementsOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { sumConstants } from './add';
import { pairOf } from './axes';
import { call, type Emitter } from './emitter';
import { productConstants } from './mul';
import { axesOf } from './operands';
import { arrayText } from './tables';
import { windowOf } from './windows';

const KERNELS = { add: 'fl_record_sum', sub: 'fl_record_difference', mul: 'fl_record_product' } as const;

function sourceOf(scope: Scope, op: RecordClamp): Add | Sub | Mul {
  const source = producerOf(scope.graph, op.of);
  invariant(
    source?.kind === 'add' || source?.kind === 'sub' || source?.kind === 'mul',
    `${op.name} records no sum and no product`,
  );
  return source;
}

export const recordClamp: Emitter<RecordClamp> = {
  emit: (op, scope) => {
    const source = sourceOf(scope, op);
    const constants = source.kind === 'mul' ? productConstants(scope, source) : sumConstants(scope, source);
    return [
      call(
        KERNELS[source.kind],
        [constants, pairOf(scope, axesOf(scope.graph, source))],
        [...op.inputs.map((id) => scope.pointer(id, 's8')), scope.mask(op.output)],
      ),
    ];
  },
};

export const recordLookup: Emitter<RecordLookup> = {
  emit: (op, scope) => {
    const source = producerOf(scope.graph, op.of);
    invariant(source?.kind === 'unary', `${op.name} records no function of one element`);
    const bits = scope.declarations.share('uint8_t', 'passes', arrayText(clampBits(scope.graph, source)));
    const count = String(elementsOf(scope.graph, op.input));
    return [call('fl_record_lookup', [bits, count, scope.pointer(op.input, 's8'), scope.mask(op.output)])];
  },
};

export const recordMaximum: Emitter<RecordMaximum> = {
  emit: (op, scope) => {
    const source = producerOf(scope.graph, op.of);
    invariant(source?.kind === 'maxPool2d', `${op.name} records no pool`);
    const window = windowOf(scope, source);
    return [call('fl_record_maximum', [window, scope.pointer(op.input, 's8'), scope.mask(op.output)])];
  },
};
