import { type Graph, type Op, ruleOf, type TensorId } from '#libs/model/ir';

/** Operators by the tensors that they read, in execution order. */
export function readersOf(ops: readonly Op[]): ReadonlyMap<TensorId, readonly Op[]> {
  const readers = new Map<TensorId, Op[]>();
  for (const op of ops) {
    for (const id of new Set(ruleOf(op).inputs(op))) {
      const known = readers.get(id);
      if (known) known.push(op);
      else readers.set(id, [op]);
    }
  }
  return readers;
}

/** `op` reading other tensors; weights and biases stay. */
export function rewired(op: Op, to: (id: TensorId) => TensorId): Op {
  if (op.kind === 'concatenation') return { ...op, inputs: op.inputs.map(to) };
  if ('inputs' in op) return { ...op, inputs: [to(op.inputs[0]), to(op.inputs[1])] };
  return 'input' in op ? { ...op, input: to(op.input) } : op;
}

/** Whether the stored integers of two tensors mean the same numbers. */
export function isQuantizedAlike(graph: Graph, a: TensorId, b: TensorId): boolean {
  const [first, second] = [graph.tensors[a], graph.tensors[b]];
  return (
    first?.type === second?.type &&
    first?.quantization?.scales[0] === second?.quantization?.scales[0] &&
    first?.quantization?.zeroPoints[0] === second?.quantization?.zeroPoints[0]
  );
}
