import {
  perTensor,
  producerOf,
  type RecordClamp,
  type RecordLookup,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { clampBits } from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { Machine, PrepareForward } from '../machine';
import { unclamped as sumUnclamped } from './add';
import { hasBit, setBit } from './bits';
import { unclamped as productUnclamped } from './mul';
import { activationRange } from '#libs/model/quant';

function computedBy({ graph }: Machine, of: TensorId) {
  const op = producerOf(graph, of);
  invariant(
    op?.kind === 'add' || op?.kind === 'sub' || op?.kind === 'mul',
    `tensor ${of} is no sum or product`,
  );
  return op;
}

/** G3: was u inside the clamp? */
export const recordClamp: PrepareForward<RecordClamp> = (op, machine) => {
  const source = computedBy(machine, op.of);
  const { min, max } = activationRange(source.activation, perTensor(tensorOf(machine.graph, op.of)));
  const valueOf = source.kind === 'mul' ? productUnclamped(source, machine) : sumUnclamped(source, machine);
  const mask = machine.memory.bytes(op.output);
  const count = tensorOf(machine.graph, op.of).shape.reduce((product, extent) => product * extent, 1);
  return () => {
    for (let i = 0; i < count; i++) {
      const value = valueOf(i);
      setBit(mask, i, value >= min && value <= max);
    }
  };
};

/** G3, by a bit a stored input. */
export const recordLookup: PrepareForward<RecordLookup> = (op, machine) => {
  const { graph, memory } = machine;
  const source = producerOf(graph, op.of);
  invariant(source?.kind === 'unary', `tensor ${op.of} is no function of one element`);
  const bits = clampBits(graph, source);
  const input = memory.int8(op.input);
  const mask = memory.bytes(op.output);
  return () => input.forEach((value, i) => setBit(mask, i, hasBit(bits, value & 0xff)));
};
