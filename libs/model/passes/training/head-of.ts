import { type AveragePool2d, type Graph, type Head, pooledInto } from '#libs/model/ir';

/** The head of a graph that `splitHead` has been through, and the global pool whose map its gradient goes to (N5), if one is. */
export function headOf(graph: Graph): { readonly head: Head; readonly pool?: AveragePool2d } | undefined {
  const head = graph.ops.find((op): op is Head => op.kind === 'head');
  if (!head) return undefined;
  const pool = pooledInto(graph, head.input);
  return { head, ...(pool && { pool }) };
}
