import { type Graph, type Op, type TensorId } from '#libs/model/ir';
import type { Pass } from '../pass';
import { rewired } from './rewire';

/** What every stripped tensor is replaced by: a float tensor by its int8 one, a second int8 tensor of an input by the first. */
function replacements(graph: Graph): ReadonlyMap<TensorId, TensorId> {
  const stands = new Map<TensorId, TensorId>();
  for (const op of graph.ops) {
    if (op.kind === 'dequantize') stands.set(op.output, op.input);
    if (op.kind !== 'quantize') continue;
    const first = stands.get(op.input);
    if (first === undefined) stands.set(op.input, op.output);
    else stands.set(op.output, first);
  }
  return stands;
}

const isBoundary = (op: Op): boolean => op.kind === 'quantize' || op.kind === 'dequantize';

/**
 * Takes QUANTIZE off the inputs and DEQUANTIZE off the outputs.
 * Before: out = dequantize(f(quantize(in))), float32 outside. After: f, int8 outside.
 * Keeps: inputs[i] and outputs[i] are those of the file in int8. The import has refused what stands between (where
 * float32 is inside the model, where two outputs would become one).
 */
export const stripFloatBoundary: Pass = {
  name: 'strip-float-boundary',
  run(graph) {
    const stands = replacements(graph);
    if (stands.size === 0) return graph;
    const stripped = (id: TensorId): TensorId => stands.get(id) ?? id;
    const inputs = graph.inputs.map(stripped);
    const tensors = graph.tensors.map((tensor) => {
      if (inputs.includes(tensor.id)) return { ...tensor, role: 'input' as const };
      return tensor.role === 'input' ? { ...tensor, role: 'activation' as const } : tensor;
    });
    const ops = graph.ops.filter((op) => !isBoundary(op)).map((op) => rewired(op, stripped));
    return { ...graph, tensors, ops, inputs, outputs: graph.outputs.map(stripped) };
  },
};
