import type { Graph } from './graph';
import { ruleOf } from './ops';
import { tensorBytes, type TensorId } from './tensor';

/** Sentences about what is wrong with a graph; empty when it may be compiled. Run after the import and after every pass. */
export function checkGraph(graph: Graph): readonly string[] {
  const structural = [...tensorFaults(graph), ...orderFaults(graph)];
  return structural.length > 0
    ? structural
    : graph.ops.flatMap((op) =>
        ruleOf(op)
          .check(op, graph)
          .map((text) => `${op.name}: ${text}`),
      );
}

function tensorFaults(graph: Graph): string[] {
  return graph.tensors.flatMap((tensor, index) => {
    const faults: string[] = [];
    if (tensor.id !== index) faults.push(`tensor ${tensor.name}: id ${tensor.id} at position ${index}`);
    if (tensor.role === 'constant' && tensor.data?.length !== tensorBytes(tensor)) {
      faults.push(
        `tensor ${tensor.name}: ${tensor.data?.length ?? 0} bytes of data, shape needs ${tensorBytes(tensor)}`,
      );
    }
    return faults;
  });
}

function orderFaults(graph: Graph): string[] {
  const faults: string[] = [];
  const written = new Set<TensorId>();
  const given = (id: TensorId): boolean => {
    const role = graph.tensors[id]?.role;
    return role !== undefined && role !== 'activation' && role !== 'loss';
  };
  for (const op of graph.ops) {
    for (const id of ruleOf(op).inputs(op)) {
      if (!given(id) && !written.has(id)) faults.push(`${op.name}: reads tensor ${id} before it is written`);
    }
    for (const id of ruleOf(op).outputs(op)) {
      if (given(id)) faults.push(`${op.name}: writes tensor ${id}, which is no activation`);
      if (written.has(id)) faults.push(`${op.name}: tensor ${id} is written twice`);
      written.add(id);
    }
  }
  for (const id of graph.outputs) if (!written.has(id)) faults.push(`output tensor ${id} is never written`);
  return faults;
}
