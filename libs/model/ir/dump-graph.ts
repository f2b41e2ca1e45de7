import { type Graph, tensorOf } from './graph';
import { ruleOf } from './ops';
import { elementCount, type TensorId } from './tensor';

/** A graph as text, one operator a line: `b2.ex = conv2d(b1.pw, b2.ex.w, b2.ex.b) int8[1,25,20,48]`. */
export function dumpGraph(graph: Graph): string {
  const name = (id: TensorId): string => tensorOf(graph, id).name;
  const lines = graph.ops.map((op) => {
    const rule = ruleOf(op);
    const results = rule.outputs(op).map((id) => {
      const tensor = tensorOf(graph, id);
      return `${tensor.name}: ${tensor.type}[${tensor.shape.join(',')}]`;
    });
    return `${op.name} ${op.kind}(${rule.inputs(op).map(name).join(', ')}) -> ${results.join(', ') || 'in place'}`;
  });
  return [
    `graph ${graph.name}(${graph.inputs.map(name).join(', ')})`,
    ...lines,
    `return ${graph.outputs.map(name).join(', ')}`,
    '',
  ].join('\n');
}

/** Multiply-accumulates of one execution of every operator. */
export const graphMacs = (graph: Graph): number =>
  graph.ops.reduce((sum, op) => sum + ruleOf(op).macs(op, graph), 0);

/**
 * Trained numbers (weights and biases) among the constants: those that an operator reads or a variable starts from.
 * A file also holds constants that the import consumed, such as the shape of a RESHAPE; they are no parameters.
 */
export function parameterCount(graph: Graph): number {
  const used = new Set<TensorId | undefined>([
    ...graph.ops.flatMap((op) => ruleOf(op).inputs(op)),
    ...graph.tensors.map((tensor) => tensor.startsFrom),
  ]);
  return graph.tensors
    .filter((tensor) => tensor.role === 'constant' && used.has(tensor.id))
    .reduce((sum, tensor) => sum + elementCount(tensor.shape), 0);
}
