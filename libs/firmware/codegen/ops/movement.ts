/** Operators that put elements elsewhere: all are one kernel, which walks two arrays together. */
import type { Concatenation, Pad, StridedSlice, TensorId, Transpose } from '#libs/model/ir';
import { elementsOf, shapeOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { type Axis, pairOf, rowMajor } from './axes';
import { call, type Emitter } from './emitter';
import { byteFault } from './types';

interface Move {
  readonly axes: readonly Axis[];
  readonly input: TensorId;
  readonly output: TensorId;
  /** First elements. */
  readonly from?: number;
  readonly to?: number;
}

const moveCall = (scope: Scope, { axes, input, output, from = 0, to = 0 }: Move): string =>
  call('fl_move_s8', [pairOf(scope, axes), scope.element(input, from), scope.element(output, to)]);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

const productOf = (extents: readonly number[]): number =>
  extents.reduce((product, extent) => product * extent, 1);

const oneOperand = (op: { readonly input: TensorId; readonly output: TensorId }): readonly TensorId[] => [
  op.input,
  op.output,
];

export const concatenation: Emitter<Concatenation> = {
  refuse: (op, graph) => byteFault(graph, [...op.inputs, op.output]),
  emit: (op, scope) => {
    const shape = shapeOf(scope.graph, op.output);
    const outer = productOf(shape.slice(0, op.axis));
    const row = productOf(shape.slice(op.axis));
    let to = 0;
    return op.inputs.map((input) => {
      const run = elementsOf(scope.graph, input) / outer;
      const axes: readonly Axis[] = [
        { extent: outer, first: run, second: row },
        { extent: run, first: 1, second: 1 },
      ];
      const text = moveCall(scope, { axes, input, output: op.output, to });
      to += run;
      return text;
    });
  },
};

export const stridedSlice: Emitter<StridedSlice> = {
  refuse: (op, graph) => byteFault(graph, oneOperand(op)),
  emit: (op, scope) => {
    const steps = rowMajor(shapeOf(scope.graph, op.input));
    const output = rowMajor(op.extents);
    const axes = op.extents.map((extent, axis) => ({
      extent,
      first: steps[axis]! * (op.strides[axis] ?? 1),
      second: output[axis]!,
    }));
    return [moveCall(scope, { axes, input: op.input, output: op.output, from: dot(op.begin, steps) })];
  },
};

export const transpose: Emitter<Transpose> = {
  refuse: (op, graph) => byteFault(graph, oneOperand(op)),
  emit: (op, scope) => {
    const shape = shapeOf(scope.graph, op.input);
    const steps = rowMajor(shape);
    const extents = op.permutation.map((axis) => shape[axis]!);
    const output = rowMajor(extents);
    const axes = op.permutation.map((from, axis) => ({
      extent: shape[from]!,
      first: steps[from]!,
      second: output[axis]!,
    }));
    return [moveCall(scope, { axes, input: op.input, output: op.output })];
  },
};

/** A byte as the C type int8_t shows it. */
const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);

export const pad: Emitter<Pad> = {
  refuse: (op, graph) => byteFault(graph, oneOperand(op)),
  emit: (op, scope) => {
    const shape = shapeOf(scope.graph, op.input);
    const [from, to] = [rowMajor(shape), rowMajor(shapeOf(scope.graph, op.output))];
    const axes = shape.map((extent, axis) => ({ extent, first: from[axis]!, second: to[axis]! }));
    const numbers = [
      signed(scope.zeroPoint(op.output)),
      elementsOf(scope.graph, op.output),
      dot(op.before, to),
    ];
    return [
      call(
        'fl_pad_s8',
        [pairOf(scope, axes), ...numbers.map(String)],
        [scope.pointer(op.input, 's8'), scope.pointer(op.output, 's8')],
      ),
    ];
  },
};
