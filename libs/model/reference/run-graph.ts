import { type Graph, type TensorId } from '#libs/model/ir';
import { machineFor } from './machine';
import type { Value } from './memory';
import { isForward, prepareForward } from './ops';

/**
 * Runs an inference graph (or the forward half of a training graph, on its start values) on one set of inputs.
 * @param inputs int8, in the order of `graph.inputs`
 * @returns the value of every tensor that an operator wrote, by id
 */
export function runGraph(graph: Graph, inputs: readonly Int8Array[]): ReadonlyMap<TensorId, Value> {
  const machine = machineFor(graph);
  graph.inputs.forEach((id, index) => machine.memory.int8(id).set(inputs[index] ?? []));
  const written = new Map<TensorId, Value>();
  for (const op of graph.ops) {
    if (!isForward(op) || op.kind === 'softmaxCrossEntropy') continue;
    prepareForward(op, machine)();
    written.set(op.output, machine.memory.value(op.output));
  }
  return written;
}
