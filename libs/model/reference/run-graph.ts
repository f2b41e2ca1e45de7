import { invariant } from '#libs/base/result';
import { type Graph, isLoss, type TensorId, tensorOf } from '#libs/model/ir';
import { machineFor } from './machine';
import type { Memory, Value } from './memory';
import { isForward, prepareForward } from './ops';

/** The elements of one input: int8, or what the file's float or uint8 boundary takes. */
export type InputValue = Int8Array | Uint8Array | Float32Array;

function storeInput(graph: Graph, memory: Memory, id: TensorId, given: InputValue | undefined): void {
  const { name, type } = tensorOf(graph, id);
  const held = memory.value(id);
  const suits =
    !('mantissas' in held) &&
    given?.[Symbol.toStringTag] === held[Symbol.toStringTag] &&
    given.length === held.length;
  invariant(suits, `input ${name} takes as many ${type} elements as its shape says`);
  held.set(given);
}

/**
 * Runs an inference graph (or the forward half of a training graph, on its start values) on one set of inputs.
 * @param inputs in the order of `graph.inputs`, each in its tensor's type
 * @returns the values of the inputs and of every tensor that an operator wrote, by id
 */
export function runGraph(graph: Graph, inputs: readonly InputValue[]): ReadonlyMap<TensorId, Value> {
  const machine = machineFor(graph);
  graph.inputs.forEach((id, index) => storeInput(graph, machine.memory, id, inputs[index]));
  const held = [...graph.inputs];
  for (const op of graph.ops) {
    if (!isForward(op) || isLoss(op)) continue;
    prepareForward(op, machine)();
    held.push(op.output);
  }
  return new Map(held.map((id) => [id, machine.memory.value(id)]));
}
